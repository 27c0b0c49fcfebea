import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { canUnpackDebianPackages, debianKeyring, unpackDebianPackage } from './debian-packages.js';
import { findExecutable } from './executables.js';
import type { PrintProgress } from './process-spec.js';

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

const WANTED_PACKAGES = /^(erlang-|lib|zlib)/;

/**
 * @param suite Debian release, such as `trixie`, whose RabbitMQ is used although another one is installed
 * @returns the installed RabbitMQ, or else that of Debian's packages
 * @throws RabbitMqNotFoundError if there is neither
 */
export async function findRabbitMq(
  root: string,
  printProgress: PrintProgress,
  suite?: string,
): Promise<RabbitMqInstallation> {
  if (suite) return unpackOfSuite(root, printProgress, suite);
  const installed = findInstalled();
  if (installed) return installed;
  if (!canUnpackDebianPackages()) throw new RabbitMqNotFoundError('rabbitmq-server is not installed');
  try {
    const { root: unpacked, libraryPath } = await unpackDebianPackage(
      root,
      'rabbitmq-server',
      WANTED_PACKAGES,
      printProgress,
      { finish: makeRelocatable },
    );
    return { ...pathsIn(unpacked), libraryPath };
  } catch (error) {
    throw new RabbitMqNotFoundError(
      `rabbitmq-server is not installed, and downloading it failed: ${(error as Error).message}`,
      { cause: error },
    );
  }
}

function pathsIn(unpacked: string): Omit<RabbitMqInstallation, 'libraryPath'> {
  const home = findHome(join(unpacked, 'usr/lib/rabbitmq/lib'));
  if (!home) throw new Error('the package contains no RabbitMQ');
  const bin = join(unpacked, 'usr/lib/erlang/bin');
  return { erl: join(bin, 'erl'), epmd: join(bin, 'epmd'), home };
}

/** Erlang and RabbitMQ of another release, with all its libraries: this machine's C library may be too old for them. */
async function unpackOfSuite(root: string, printProgress: PrintProgress, suite: string) {
  const { root: unpacked } = await unpackDebianPackage(
    root,
    'rabbitmq-server',
    WANTED_PACKAGES,
    printProgress,
    {
      release: { suite, keyring: await debianKeyring(root, printProgress) },
      folder: `rabbitmq-server-${suite}`,
      allLibraries: true,
      finish: (folder) => {
        makeRelocatable(folder);
        useOwnLoader(folder);
      },
    },
  );
  return { ...pathsIn(unpacked), libraryPath: '' };
}

/**
 * Replaces each program of Erlang by a script that starts it with the unpacked loader and C library. A program contains
 * the path of the machine's loader, which cannot load a newer C library.
 */
function useOwnLoader(unpacked: string): void {
  const erlang = join(unpacked, 'usr/lib/erlang');
  const libraries = readdirSync(join(erlang, 'lib')).map((name) => join(erlang, 'lib', name, 'priv'));
  const folders = [erlang, ...readdirSync(erlang).map((name) => join(erlang, name)), ...libraries];
  const isProgram = (file: string) =>
    realpathSync(file) === file && readFileSync(file).subarray(0, 4).toString('latin1') === '\x7fELF';
  for (const folder of folders.map((parent) => join(parent, 'bin')).filter(existsSync)) {
    for (const file of readdirSync(folder).map((name) => join(folder, name))) {
      if (!statSync(file).isFile() || !isProgram(file)) continue;
      renameSync(file, `${file}.program`);
      writeFileSync(file, loaderScript(relative(folder, unpacked)));
      chmodSync(file, 0o755);
    }
  }
}

const loaderScript = (pathToRoot: string) => `#!/bin/sh
file="$(readlink -f "$0")"
bin="$(dirname "$file")"
root="$(cd "$bin/${pathToRoot}" && pwd)"
arch="$(uname -m)-linux-gnu"
loader="$(ls "$root"/usr/lib64/ld-linux* "$root"/lib64/ld-linux* "$root"/usr/lib/"$arch"/ld-linux* 2>/dev/null | head -n 1)"
exec "$loader" --library-path "$root/usr/lib/$arch:$root/lib/$arch" "$file.program" "$@"
`;

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
