import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { canUnpackDebianPackages, debianKeyring, unpackDebianPackage } from './debian-packages.js';
import { findExecutable, isExecutable } from './executables.js';
import type { PrintProgress } from './process-spec.js';

// Finds programs that only tests need: the installed ones, or else those of Debian packages, which are unpacked into the
// project's cache.

const run = promisify(execFile);

/** Finds the AMQP command line tools in C (amqp-publish, amqp-consume, amqp-get ...), a client independent of this code. */
export async function findAmqpTools(
  root: string,
  printProgress: PrintProgress = () => undefined,
): Promise<{ bin: string; env: NodeJS.ProcessEnv }> {
  const installed = findExecutable('amqp-publish');
  if (installed) return { bin: join(installed, '..'), env: {} };
  const tools = await unpackDebianPackage(root, 'amqp-tools', /^(lib|zlib)/, printProgress);
  return { bin: join(tools.root, 'usr', 'bin'), env: { LD_LIBRARY_PATH: tools.libraryPath } };
}

/** Folder of the programs of one PostgreSQL version, and the environment variables that they need. */
export interface PostgresPrograms {
  bin: string;
  env: NodeJS.ProcessEnv;
}

/** Finds a server with the client programs of the same version (pg_dump ...), which the npm package does not contain. */
export async function findPostgresPrograms(
  root: string,
  printProgress: PrintProgress = () => undefined,
): Promise<PostgresPrograms> {
  const installed = newestPostgres('/usr/lib/postgresql');
  if (installed) return { bin: installed, env: {} };
  const wanted = /^(lib(?!llvm|perl)|postgresql-(client-)?\d+$)/;
  const unpacked = await unpackDebianPackage(root, 'postgresql', wanted, printProgress);
  const bin = newestPostgres(join(unpacked.root, 'usr', 'lib', 'postgresql'));
  if (!bin) throw new Error('the package postgresql contains no server with pg_dump');
  return { bin, env: { LD_LIBRARY_PATH: unpacked.libraryPath } };
}

/** Debian installs each major version into a folder of its own. */
function newestPostgres(folder: string): string | undefined {
  const majors = existsSync(folder) ? readdirSync(folder).map(Number).filter(Number.isInteger) : [];
  return majors
    .sort((a, b) => b - a)
    .map((major) => join(folder, String(major), 'bin'))
    .find((bin) => ['postgres', 'initdb', 'pg_dump'].every((name) => isExecutable(join(bin, name))));
}

/** Finds promtool, which checks rules and configurations of Prometheus. @returns its path @throws with installation instructions */
export async function findPromtool(
  root: string,
  printProgress: PrintProgress = () => undefined,
): Promise<string> {
  const installed = findExecutable('promtool');
  if (installed) return installed;
  const missing = 'promtool is not installed. It is part of Prometheus: install that';
  if (!canUnpackDebianPackages()) throw new Error(missing);
  try {
    const prometheus = await unpackDebianPackage(root, 'prometheus', /^$/, printProgress);
    return join(prometheus.root, 'usr', 'bin', 'promtool');
  } catch (error) {
    throw new Error(`${missing} (${(error as Error).message})`, { cause: error });
  }
}

/** Finds sqlmap, a program in Python. @returns the path of sqlmap.py @throws with installation instructions */
export async function findSqlmap(root: string, printProgress: PrintProgress): Promise<string> {
  const installed = '/usr/share/sqlmap/sqlmap.py';
  if (existsSync(installed)) return installed;
  const missing = 'sqlmap is not installed (https://sqlmap.org)';
  if (!findExecutable('python3') || !canUnpackDebianPackages()) throw new Error(missing);
  try {
    const { root: unpacked } = await unpackDebianPackage(root, 'sqlmap', /^$/, printProgress);
    return join(unpacked, installed);
  } catch (error) {
    throw new Error(`${missing} (${(error as Error).message})`, { cause: error });
  }
}

/** Major version of the Kustomize in kubectl 1.27. Older versions reject the patches and labels in deploy/kubernetes. */
const MIN_KUSTOMIZE = 5;
/** The oldest Debian release with such a kubectl. */
const SUITE = 'trixie';

/** Finds a kubectl of 1.27 or newer. @returns its path @throws with installation instructions */
export async function findKubectl(
  root: string,
  printProgress: PrintProgress = () => undefined,
): Promise<string> {
  const installed = findExecutable('kubectl');
  if (installed && (await readKustomizeMajor(installed)) >= MIN_KUSTOMIZE) return installed;
  try {
    if (!canUnpackDebianPackages()) throw new Error('this is not Debian or Ubuntu');
    const release = { suite: SUITE, keyring: await debianKeyring(root, printProgress) };
    const unpacked = await unpackDebianPackage(root, 'kubectl', /^$/, printProgress, { release });
    return join(unpacked.root, 'usr', 'bin', 'kubectl');
  } catch (error) {
    throw new Error(
      `kubectl 1.27 or newer is not installed, and downloading it failed (${(error as Error).message}). ` +
        'Install it (https://kubernetes.io/docs/tasks/tools/); a cluster is not needed.',
      { cause: error },
    );
  }
}

/** @returns the major version of the Kustomize in this kubectl, or 0 if it has none or does not run */
async function readKustomizeMajor(kubectl: string): Promise<number> {
  try {
    const { stdout } = await run(kubectl, ['version', '--client', '--output=json']);
    const { kustomizeVersion = '' } = JSON.parse(stdout) as { kustomizeVersion?: string };
    return Number(/^v(\d+)/.exec(kustomizeVersion)?.[1] ?? 0);
  } catch {
    return 0;
  }
}
