import { execFile } from 'node:child_process';
import {
  accessSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { withLock } from './lock.js';
import type { PrintProgress } from './processes.js';

const run = promisify(execFile);

/** A Debian package unpacked into the project's cache. Nothing is installed, and root is not needed. */
export interface Unpacked {
  root: string;
  /** Value of LD_LIBRARY_PATH: folders of the shared libraries that are not installed on this machine. */
  libraryPath: string;
}

/** @returns the first executable of that name on PATH or in the usual folders of servers */
export function findExecutable(name: string): string | undefined {
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter),
    '/usr/local/sbin',
    '/usr/sbin',
    '/opt/homebrew/sbin',
  ];
  return folders
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export function canUnpackDebianPackages(): boolean {
  return ['apt-get', 'apt-cache', 'dpkg', 'dpkg-query'].every((tool) => findExecutable(tool) !== undefined);
}

/** A Debian release other than that of this machine, and the keyring that it is signed with. */
interface Release {
  suite: string;
  keyring: string;
}

interface UnpackOptions {
  /** Changes the unpacked files before the folder is moved to its place. */
  finish?: (unpackedRoot: string) => void;
  /** If this machine's distribution lacks the package, or has an old version. */
  release?: Release;
  /** Name of the folder in the cache; the name of the package by default. */
  folder?: string;
  /** Whether libraries that are installed on this machine are unpacked too, because the release has newer ones. */
  allLibraries?: boolean;
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
  { finish = () => undefined, release, folder = name, allLibraries = false }: UnpackOptions = {},
): Promise<Unpacked> {
  const cache = join(root, '.local', 'cache');
  const target = join(cache, folder);
  const lock = join(cache, `${folder}.lock`);
  if (!existsSync(target)) {
    await withLock(
      lock,
      () => printProgress(`waiting for another run that is downloading ${name}`),
      async () => {
        if (existsSync(target)) return;
        printProgress(`downloading ${name} from the distribution's packages (first run only)`);
        const draft = `${target}.new`;
        rmSync(draft, { recursive: true, force: true });
        await downloadAndUnpack(name, wanted, draft, { release, allLibraries });
        finish(join(draft, 'root'));
        renameSync(draft, target);
      },
    );
  }
  return { root: join(target, 'root'), libraryPath: libraryFolders(join(target, 'root')).join(':') };
}

type DownloadOptions = Pick<UnpackOptions, 'release' | 'allLibraries'>;

async function downloadAndUnpack(
  name: string,
  wanted: RegExp,
  draft: string,
  options: DownloadOptions,
): Promise<void> {
  // A short path: if the working directory has more than 300 characters, apt uses the root of the file system instead.
  const downloads = mkdtempSync(join(tmpdir(), 'estoque-apt-'));
  try {
    await downloadPackages(name, wanted, downloads, options);
    const unpacked = join(draft, 'root');
    mkdirSync(unpacked, { recursive: true });
    const packages = readdirSync(downloads).filter((file) => file.endsWith('.deb'));
    for (const file of packages) await run('dpkg', ['-x', join(downloads, file), unpacked]);
  } finally {
    rmSync(downloads, { recursive: true, force: true });
  }
}

async function downloadPackages(
  name: string,
  wanted: RegExp,
  folder: string,
  { release, allLibraries }: DownloadOptions,
): Promise<void> {
  const installed = allLibraries ? new Set<string>() : await listInstalledPackages();
  // Without this option, an apt that root runs downloads as the user _apt, who may not enter a private folder.
  const options = ['-o', 'APT::Sandbox::User=root'];
  if (release) {
    options.push(...releaseOptions(release, await findArchive(), folder));
  } else {
    try {
      return await download(name, wanted, folder, options, installed);
    } catch {
      // This machine has no package lists, or they are outdated: the archive no longer has the listed versions. Below, new
      // lists are downloaded.
    }
  }
  mkdirSync(join(folder, 'lists', 'partial'), { recursive: true });
  mkdirSync(join(folder, 'cache', 'archives', 'partial'), { recursive: true });
  options.push('-o', `Dir::State::lists=${folder}/lists`, '-o', `Dir::Cache=${folder}/cache`);
  options.push('-o', 'Debug::NoLocking=true');
  await apt('apt-get', [...options, 'update']);
  await download(name, wanted, folder, options, installed);
}

/** @returns the Debian archive that apt is configured with; it contains all releases */
async function findArchive(): Promise<string> {
  const addresses = await apt('apt-get', ['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages']);
  const archive = addresses.split('\n').find((address) => /\/debian\/?$/.test(address));
  if (!archive) throw new Error('apt is not configured with a Debian archive');
  return archive;
}

/** @returns options that make apt use one release and ignore the machine's own sources and installed packages */
function releaseOptions({ suite, keyring }: Release, archive: string, folder: string): string[] {
  const keys = join(folder, 'keyring.gpg'); // apt requires a path without blanks
  copyFileSync(keyring, keys);
  const list = join(folder, 'sources.list');
  writeFileSync(list, `deb [signed-by=${keys}] ${archive} ${suite} main\n`);
  const settings = [`SourceList=${list}`, 'SourceParts=/dev/null'].map((setting) => `Dir::Etc::${setting}`);
  return [...settings, 'Dir::State::status=/dev/null'].flatMap((setting) => ['-o', setting]);
}

async function download(
  name: string,
  wanted: RegExp,
  folder: string,
  options: string[],
  installed: Set<string>,
): Promise<void> {
  const packages = await listPackages(name, wanted, options, installed);
  await apt('apt-get', [...options, 'download', ...packages], folder);
}

async function apt(tool: string, args: string[], cwd?: string): Promise<string> {
  const env = { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' };
  try {
    return (await run(tool, args, { cwd, env, maxBuffer: 64 * 1024 * 1024, timeout: 300_000 })).stdout;
  } catch (error) {
    const reason = String((error as { stderr?: string }).stderr ?? error).trim();
    throw new Error(
      `${tool} ${args.filter((arg) => !arg.includes('::') && arg !== '-o')[0]} failed: ${reason}`,
      {
        cause: error,
      },
    );
  }
}

/**
 * @returns the package and its dependencies, recursively, whose names match; of alternatives the first, which is the
 *   distribution's default
 */
async function listPackages(
  name: string,
  wanted: RegExp,
  options: string[],
  installed: Set<string>,
): Promise<string[]> {
  const text = await apt('apt-cache', [...options, 'depends', '-i', '--recurse', name]);
  const dependencies = new Map<string, string[]>();
  let current: string[] = [];
  let skipNext = false;
  for (const line of text.split('\n')) {
    if (/^[a-z0-9]/.test(line)) dependencies.set(line.trim(), (current = []));
    const [, separator, dependency] = /^ ([ |])(?:Pre)?Depends: (\S+)/.exec(line) ?? [];
    if (!dependency) continue;
    if (!skipNext && !dependency.startsWith('<')) current.push(dependency);
    skipNext = separator === '|';
  }
  const chosen = new Set([name]);
  for (const packageName of chosen) {
    for (const dependency of dependencies.get(packageName) ?? []) {
      const isLibrary = !dependency.startsWith('erlang');
      if (wanted.test(dependency) && !(isLibrary && installed.has(dependency))) chosen.add(dependency);
    }
  }
  return [...chosen];
}

async function listInstalledPackages(): Promise<Set<string>> {
  const { stdout } = await run('dpkg-query', ['-W', '-f', '${db:Status-Abbrev} ${Package}\\n'], {
    maxBuffer: 64 * 1024 * 1024,
  });
  return new Set(
    stdout
      .split('\n')
      .filter((line) => line.startsWith('ii'))
      .map((line) => line.slice(3).trim()),
  );
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
