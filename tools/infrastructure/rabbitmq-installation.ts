import { existsSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { canUnpackDebianPackages, findExecutable, unpackDebianPackage } from './debian-packages.js';
import type { PrintProgress } from './processes.js';

/** Paths of an Erlang runtime and a RabbitMQ. */
export interface RabbitMqInstallation {
  erl: string;
  epmd: string;
  /** Folder that contains `plugins`. */
  home: string;
  /** Value of LD_LIBRARY_PATH, or an empty string. */
  libraryPath: string;
}

/** RabbitMQ is not installed, and Debian packages cannot be used either. */
export class RabbitMqNotFoundError extends Error {}

/**
 * @returns the installed RabbitMQ, or else that of Debian's packages
 * @throws RabbitMqNotFoundError if there is neither
 */
export async function findRabbitMq(
  root: string,
  printProgress: PrintProgress,
): Promise<RabbitMqInstallation> {
  const installed = findInstalled();
  if (installed) return installed;
  if (!canUnpackDebianPackages()) throw new RabbitMqNotFoundError('rabbitmq-server is not installed');
  try {
    const { root: unpacked, libraryPath } = await unpackDebianPackage(
      root,
      'rabbitmq-server',
      /^(erlang-|lib|zlib)/,
      printProgress,
      { finish: makeRelocatable },
    );
    const home = findHome(join(unpacked, 'usr/lib/rabbitmq/lib'));
    if (!home) throw new Error('the package contains no RabbitMQ');
    const bin = join(unpacked, 'usr/lib/erlang/bin');
    return { erl: join(bin, 'erl'), epmd: join(bin, 'epmd'), home, libraryPath };
  } catch (error) {
    throw new RabbitMqNotFoundError(
      `rabbitmq-server is not installed, and downloading it failed: ${(error as Error).message}`,
      { cause: error },
    );
  }
}

/** Erlang's scripts contain the path they were built for. They are changed to find their own folder at run time. */
function makeRelocatable(unpacked: string): void {
  const erlang = join(unpacked, 'usr/lib/erlang');
  const runtimes = readdirSync(erlang).filter((name) => name.startsWith('erts-'));
  const scripts = [['bin', '/..'], ...runtimes.map((name) => [`${name}/bin`, '/../..'])];
  for (const [folder, parent] of scripts) {
    const script = join(erlang, folder!, 'erl');
    if (!existsSync(script)) continue;
    const rootDir = `ROOTDIR="$(cd "$(dirname "$0")${parent}" && pwd)"`;
    writeFileSync(script, readFileSync(script, 'utf8').replaceAll(/^(\s*)ROOTDIR=\/.*$/gm, `$1${rootDir}`));
  }
}

function findInstalled(): RabbitMqInstallation | undefined {
  const erl = findExecutable('erl');
  const server = findExecutable('rabbitmq-server');
  if (!erl || !server) return undefined;
  // Debian's command is a wrapper in another folder. In all other distributions it is a link into <home>/sbin.
  const linked = dirname(dirname(realpathSync(server)));
  const home = existsSync(join(linked, 'plugins')) ? linked : findHome('/usr/lib/rabbitmq/lib');
  const epmd = [join(dirname(realpathSync(erl)), 'epmd'), findExecutable('epmd')].find(
    (file) => file && existsSync(file),
  );
  return home && epmd ? { erl, epmd, home, libraryPath: '' } : undefined;
}

/** @returns the newest RabbitMQ in the folder */
function findHome(parent: string): string | undefined {
  if (!existsSync(parent)) return undefined;
  const found = readdirSync(parent).filter((name) => existsSync(join(parent, name, 'plugins')));
  return found.length > 0 ? join(parent, found.sort().at(-1)!) : undefined;
}
