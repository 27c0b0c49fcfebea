import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  canUnpackDebianPackages,
  debianKeyring,
  findExecutable,
  unpackDebianPackage,
} from './debian-packages.js';
import type { Say } from './processes.js';

const run = promisify(execFile);

/** Of the Kustomize within, since kubectl 1.27: older ones take our patches and labels for mistakes. */
const OLDEST_KUSTOMIZE = 5;
/** The first Debian with one that is new enough. */
const SUITE = 'trixie';

/** The machine's own kubectl where it is new enough, else Debian's. @throws with what to install */
export async function findKubectl(root: string, say: Say = () => undefined): Promise<string> {
  const installed = findExecutable('kubectl');
  if (installed && (await kustomizeOf(installed)) >= OLDEST_KUSTOMIZE) return installed;
  try {
    if (!canUnpackDebianPackages()) throw new Error('this is no Debian or Ubuntu');
    const release = { suite: SUITE, keyring: await debianKeyring(root, say) };
    const unpacked = await unpackDebianPackage(root, 'kubectl', /^$/, say, { release });
    return join(unpacked.root, 'usr', 'bin', 'kubectl');
  } catch (error) {
    throw new Error(
      `No kubectl of 1.27 or newer is installed, and none could be fetched (${(error as Error).message}). ` +
        'Please install one (https://kubernetes.io/docs/tasks/tools/); no cluster is needed.',
      { cause: error },
    );
  }
}

/** Its major version; 0 where it has none, or doesn't run. */
async function kustomizeOf(kubectl: string): Promise<number> {
  try {
    const { stdout } = await run(kubectl, ['version', '--client', '--output=json']);
    const { kustomizeVersion = '' } = JSON.parse(stdout) as { kustomizeVersion?: string };
    return Number(/^v(\d+)/.exec(kustomizeVersion)?.[1] ?? 0);
  } catch {
    return 0;
  }
}
