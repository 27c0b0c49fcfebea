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
import type { Say } from './processes.js';

const run = promisify(execFile);

/** A Debian package unpacked beside the project: nothing is installed, and no root is needed. */
export interface Unpacked {
  root: string;
  /** Where the shared libraries lie that this machine doesn't have itself. */
  libraryPath: string;
}

/** First executable of that name on PATH or in the places where servers are installed. */
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

/** A release of Debian that isn't this machine's own, and the keys that it is signed with. */
interface Release {
  suite: string;
  keyring: string;
}

interface UnpackOptions {
  /** The last touch, before the folder appears. */
  finish?: (unpackedRoot: string) => void;
  /** Where the machine's own distribution has the package not at all, or too old. */
  release?: Release;
}

/**
 * The package and those of its dependencies whose names match, unpacked into `<root>/.local/cache/<package>`.
 * Libraries the machine has installed are left out. The folder appears complete or not at all.
 */
export async function unpackDebianPackage(
  root: string,
  name: string,
  wanted: RegExp,
  say: Say,
  { finish = () => undefined, release }: UnpackOptions = {},
): Promise<Unpacked> {
  const cache = join(root, '.local', 'cache');
  const target = join(cache, name);
  const lock = join(cache, `${name}.lock`);
  if (!existsSync(target)) {
    await withLock(
      lock,
      () => say(`another run is fetching ${name}, waiting for it`),
      async () => {
        if (existsSync(target)) return;
        say(`fetching ${name} from the distribution's packages, once`);
        const draft = `${target}.new`;
        rmSync(draft, { recursive: true, force: true });
        await fetchAndUnpack(name, wanted, draft, release);
        finish(join(draft, 'root'));
        renameSync(draft, target);
      },
    );
  }
  return { root: join(target, 'root'), libraryPath: libraryFolders(join(target, 'root')).join(':') };
}

async function fetchAndUnpack(name: string, wanted: RegExp, draft: string, release?: Release): Promise<void> {
  // In a short path: apt takes a working directory of more than 300 letters for the root of the file system.
  const scratch = mkdtempSync(join(tmpdir(), 'estoque-apt-'));
  try {
    await fetchPackages(name, wanted, scratch, release);
    const unpacked = join(draft, 'root');
    mkdirSync(unpacked, { recursive: true });
    const packages = readdirSync(scratch).filter((file) => file.endsWith('.deb'));
    for (const file of packages) await run('dpkg', ['-x', join(scratch, file), unpacked]);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function fetchPackages(name: string, wanted: RegExp, folder: string, release?: Release): Promise<void> {
  // Downloads as root would otherwise switch to a user who can't reach a private folder.
  const options = ['-o', 'APT::Sandbox::User=root'];
  if (release) {
    options.push(...sourceOf(release, await ownArchive(), folder));
  } else {
    try {
      return await download(name, wanted, folder, options);
    } catch {
      // No package lists on this machine, or so old that their files are gone: fetch lists of our own.
    }
  }
  mkdirSync(join(folder, 'lists', 'partial'), { recursive: true });
  mkdirSync(join(folder, 'cache', 'archives', 'partial'), { recursive: true });
  options.push('-o', `Dir::State::lists=${folder}/lists`, '-o', `Dir::Cache=${folder}/cache`);
  options.push('-o', 'Debug::NoLocking=true');
  await apt('apt-get', [...options, 'update']);
  await download(name, wanted, folder, options);
}

/** The archive of Debian that this machine is set up with; all releases are in it. */
async function ownArchive(): Promise<string> {
  const addresses = await apt('apt-get', ['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages']);
  const archive = addresses.split('\n').find((address) => /\/debian\/?$/.test(address));
  if (!archive) throw new Error('apt knows no archive of Debian');
  return archive;
}

/** Options that show apt one release and nothing of what the machine has, its sources or its packages. */
function sourceOf({ suite, keyring }: Release, archive: string, folder: string): string[] {
  const keys = join(folder, 'keyring.gpg'); // a path without blanks
  copyFileSync(keyring, keys);
  const list = join(folder, 'sources.list');
  writeFileSync(list, `deb [signed-by=${keys}] ${archive} ${suite} main\n`);
  const settings = [`SourceList=${list}`, 'SourceParts=/dev/null'].map((setting) => `Dir::Etc::${setting}`);
  return [...settings, 'Dir::State::status=/dev/null'].flatMap((setting) => ['-o', setting]);
}

async function download(name: string, wanted: RegExp, folder: string, options: string[]): Promise<void> {
  const list = await dependencies(name, wanted, options);
  await apt('apt-get', [...options, 'download', ...list], folder);
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

/** Walks what apt-cache says, keeping names that match; of alternatives the first, which is the distribution's own. */
async function dependencies(name: string, wanted: RegExp, options: string[]): Promise<string[]> {
  const text = await apt('apt-cache', [...options, 'depends', '-i', '--recurse', name]);
  const needs = new Map<string, string[]>();
  let current: string[] = [];
  let skipNext = false;
  for (const line of text.split('\n')) {
    if (/^[a-z0-9]/.test(line)) needs.set(line.trim(), (current = []));
    const need = /^ ([ |])(?:Pre)?Depends: (\S+)/.exec(line);
    if (!need) continue;
    if (!skipNext && !need[2]!.startsWith('<')) current.push(need[2]!);
    skipNext = need[1] === '|';
  }
  const installed = await installedPackages();
  const chosen = new Set([name]);
  for (const each of chosen) {
    for (const need of needs.get(each) ?? []) {
      const isLibrary = !need.startsWith('erlang');
      if (wanted.test(need) && !(isLibrary && installed.has(need))) chosen.add(need);
    }
  }
  return [...chosen];
}

async function installedPackages(): Promise<Set<string>> {
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

/** Debian's keys; other distributions have them in a package. */
export async function debianKeyring(root: string, say: Say): Promise<string> {
  const file = join('usr', 'share', 'keyrings', 'debian-archive-keyring.gpg');
  const installed = join('/', file);
  if (existsSync(installed)) return installed;
  return join((await unpackDebianPackage(root, 'debian-archive-keyring', /^$/, say)).root, file);
}
