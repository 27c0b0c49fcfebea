import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  canUnpackDebianPackages,
  debianKeyring,
  findExecutable,
  isExecutable,
  unpackDebianPackage,
} from './debian-packages.js';
import type { Say } from './processes.js';

// Programs that only tests need: the machine's own, else Debian's, unpacked beside the project.

const run = promisify(execFile);

/**
 * The AMQP command line tools written in C (amqp-publish, amqp-consume, amqp-get ...), a client that shares
 * no line with ours: those of the machine, else Debian's.
 */
export async function amqpTools(
  root: string,
  say: Say = () => undefined,
): Promise<{ bin: string; env: NodeJS.ProcessEnv }> {
  const installed = findExecutable('amqp-publish');
  if (installed) return { bin: join(installed, '..'), env: {} };
  const tools = await unpackDebianPackage(root, 'amqp-tools', /^(lib|zlib)/, say);
  return { bin: join(tools.root, 'usr', 'bin'), env: { LD_LIBRARY_PATH: tools.libraryPath } };
}

/** The folder of one PostgreSQL's programs, and what they need in their environment. */
export interface PostgresPrograms {
  bin: string;
  env: NodeJS.ProcessEnv;
}

/**
 * A server together with pg_dump and its kin of the same version, which npm's PostgreSQL lacks: those of the machine,
 * else Debian's.
 */
export async function postgresPrograms(root: string, say: Say = () => undefined): Promise<PostgresPrograms> {
  const installed = newestPostgres('/usr/lib/postgresql');
  if (installed) return { bin: installed, env: {} };
  const wanted = /^(lib(?!llvm|perl)|postgresql-(client-)?\d+$)/;
  const unpacked = await unpackDebianPackage(root, 'postgresql', wanted, say);
  const bin = newestPostgres(join(unpacked.root, 'usr', 'lib', 'postgresql'));
  if (!bin) throw new Error('the package postgresql has no server and pg_dump in it');
  return { bin, env: { LD_LIBRARY_PATH: unpacked.libraryPath } };
}

/** Debian has a folder for each major version. */
function newestPostgres(folder: string): string | undefined {
  const majors = existsSync(folder) ? readdirSync(folder).map(Number).filter(Number.isInteger) : [];
  return majors
    .sort((a, b) => b - a)
    .map((major) => join(folder, String(major), 'bin'))
    .find((bin) => ['postgres', 'initdb', 'pg_dump'].every((name) => isExecutable(join(bin, name))));
}

/** Prometheus' own checker of its rules and configurations: the machine's, else that of Debian's package. @returns its path */
export async function promtool(root: string, say: Say = () => undefined): Promise<string> {
  const installed = findExecutable('promtool');
  if (installed) return installed;
  const missing = 'promtool is not installed: install Prometheus, for it comes with that';
  if (!canUnpackDebianPackages()) throw new Error(missing);
  try {
    const prometheus = await unpackDebianPackage(root, 'prometheus', /^$/, say);
    return join(prometheus.root, 'usr', 'bin', 'promtool');
  } catch (error) {
    throw new Error(`${missing} (${(error as Error).message})`, { cause: error });
  }
}

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
