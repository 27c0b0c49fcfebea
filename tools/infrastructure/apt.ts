import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** A Debian release other than that of this machine, and the keyring that it is signed with. */
export interface Release {
  suite: string;
  keyring: string;
}

/** Which packages to download. */
export interface Selection {
  name: string;
  /** Names of the dependencies that are downloaded too. */
  wanted: RegExp;
  /** If this machine's distribution lacks the package, or has an old version. */
  release?: Release;
  /** Whether libraries that are installed on this machine are included, because the release has newer ones. */
  allLibraries?: boolean;
}

/** Downloads the files of a package and of its wanted dependencies into a folder. */
export async function downloadPackages(folder: string, selection: Selection): Promise<void> {
  // Without this option, an apt that root runs downloads as the user _apt, who may not enter a private folder.
  const options = ['-o', 'APT::Sandbox::User=root'];
  if (selection.release) {
    options.push(...releaseOptions(selection.release, await findArchive(), folder));
  } else {
    try {
      return await download(folder, selection, options);
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
  await download(folder, selection, options);
}

async function download(folder: string, selection: Selection, options: string[]): Promise<void> {
  const packages = await listPackages(selection, options);
  await apt('apt-get', [...options, 'download', ...packages], folder);
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

/**
 * @returns the package and its dependencies, recursively, whose names match; of alternatives the first, which is the
 *   distribution's default
 */
async function listPackages({ name, wanted, allLibraries }: Selection, options: string[]): Promise<string[]> {
  const skippedLibraries = allLibraries ? new Set<string>() : await listInstalledPackages();
  const text = await apt('apt-cache', [...options, 'depends', '-i', '--recurse', name]);
  const dependencies = parseDependencies(text);
  const chosen = new Set([name]);
  for (const packageName of chosen) {
    for (const dependency of dependencies.get(packageName) ?? []) {
      const isLibrary = !dependency.startsWith('erlang');
      if (wanted.test(dependency) && !(isLibrary && skippedLibraries.has(dependency))) chosen.add(dependency);
    }
  }
  return [...chosen];
}

/** @returns the dependencies of each package in the output of `apt-cache depends` */
function parseDependencies(text: string): Map<string, string[]> {
  const dependencies = new Map<string, string[]>();
  let current: string[] = [];
  let isAlternative = false;
  for (const line of text.split('\n')) {
    if (/^[a-z0-9]/.test(line)) dependencies.set(line.trim(), (current = []));
    const [, separator, dependency] = /^ ([ |])(?:Pre)?Depends: (\S+)/.exec(line) ?? [];
    if (!dependency) continue;
    if (!isAlternative && !dependency.startsWith('<')) current.push(dependency);
    isAlternative = separator === '|';
  }
  return dependencies;
}

async function listInstalledPackages(): Promise<Set<string>> {
  const { stdout } = await run('dpkg-query', ['-W', '-f', '${db:Status-Abbrev} ${Package}\\n'], {
    maxBuffer: MAX_OUTPUT_BYTES,
  });
  return new Set(
    stdout
      .split('\n')
      .filter((line) => line.startsWith('ii'))
      .map((line) => line.slice(3).trim()),
  );
}

async function apt(tool: string, args: string[], cwd?: string): Promise<string> {
  const env = { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' };
  try {
    return (await run(tool, args, { cwd, env, maxBuffer: MAX_OUTPUT_BYTES, timeout: 300_000 })).stdout;
  } catch (error) {
    const reason = String((error as { stderr?: string }).stderr ?? error).trim();
    const [command] = args.filter((arg) => !arg.includes('::') && arg !== '-o');
    throw new Error(`${tool} ${command} failed: ${reason}`, { cause: error });
  }
}
