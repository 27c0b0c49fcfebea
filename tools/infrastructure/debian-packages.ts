import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { downloadPackages, type Selection } from './apt.js';
import { findExecutable } from './executables.js';
import { withLock } from './lock.js';
import type { PrintProgress } from './process-spec.js';

const run = promisify(execFile);

/** A Debian package unpacked into the project's cache. Nothing is installed, and root is not needed. */
export interface Unpacked {
  root: string;
  /** Value of LD_LIBRARY_PATH: folders of the shared libraries that are not installed on this machine. */
  libraryPath: string;
}

interface UnpackOptions extends Pick<Selection, 'release' | 'allLibraries'> {
  /** Changes the unpacked files before the folder is moved to its place. */
  finish?: (unpackedRoot: string) => void;
  /** Name of the folder in the cache; the name of the package by default. */
  folder?: string;
}

export function canUnpackDebianPackages(): boolean {
  return ['apt-get', 'apt-cache', 'dpkg', 'dpkg-query'].every((tool) => findExecutable(tool) !== undefined);
}

/**
 * Unpacks a package, and those of its dependencies whose names match `wanted`, into `<root>/.local/cache/<package>`.
 * Libraries that are installed on the machine are skipped. The folder is complete or does not exist.
 */
export async function unpackDebianPackage(
  root: string,
  name: string,
  wanted: RegExp,
  printProgress: PrintProgress,
  { finish = () => undefined, folder = name, ...selection }: UnpackOptions = {},
): Promise<Unpacked> {
  const cache = join(root, '.local', 'cache');
  const target = join(cache, folder);
  if (!existsSync(target)) {
    await withLock(
      join(cache, `${folder}.lock`),
      () => printProgress(`waiting for another run that is downloading ${name}`),
      async () => {
        if (existsSync(target)) return;
        printProgress(`downloading ${name} from the distribution's packages (first run only)`);
        const draft = `${target}.new`;
        rmSync(draft, { recursive: true, force: true });
        await downloadAndUnpack(draft, { name, wanted, ...selection });
        finish(join(draft, 'root'));
        renameSync(draft, target);
      },
    );
  }
  return { root: join(target, 'root'), libraryPath: libraryFolders(join(target, 'root')).join(':') };
}

async function downloadAndUnpack(draft: string, selection: Selection): Promise<void> {
  // A short path: if the working directory has more than 300 characters, apt uses the root of the file system instead.
  const downloads = mkdtempSync(join(tmpdir(), 'estoque-apt-'));
  try {
    await downloadPackages(downloads, selection);
    const unpacked = join(draft, 'root');
    mkdirSync(unpacked, { recursive: true });
    const packages = readdirSync(downloads).filter((file) => file.endsWith('.deb'));
    for (const file of packages) await run('dpkg', ['-x', join(downloads, file), unpacked]);
  } finally {
    rmSync(downloads, { recursive: true, force: true });
  }
}

function libraryFolders(unpacked: string): string[] {
  return ['usr/lib', 'lib']
    .map((folder) => join(unpacked, folder))
    .filter(existsSync)
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .filter((folder) => /-linux-[a-z]+$/.test(folder));
}

/** @returns the path of Debian's keyring, from a package if it is not installed, as on Ubuntu */
export async function debianKeyring(root: string, printProgress: PrintProgress): Promise<string> {
  const file = join('usr', 'share', 'keyrings', 'debian-archive-keyring.gpg');
  const installed = join('/', file);
  if (existsSync(installed)) return installed;
  return join((await unpackDebianPackage(root, 'debian-archive-keyring', /^$/, printProgress)).root, file);
}
