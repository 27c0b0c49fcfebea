import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './infrastructure/lock.js';
import { readJson } from './infrastructure/files.js';
import { run } from './command.js';

/** Builds all apps into dist/ if the sources have changed since the last build. @returns whether it built them */
export async function build(root: string, printProgress: (text: string) => void): Promise<boolean> {
  const stamp = join(root, 'dist', 'built-from.json');
  const lock = join(root, '.local', 'build.lock');
  return withLock(
    lock,
    () => printProgress('waiting for another run that is building'),
    async () => {
      const sources = hashOfSources(root);
      if (readJson<{ sources: string }>(stamp)?.sources === sources) return false;
      printProgress('building the apps');
      rmSync(join(root, 'dist'), { recursive: true, force: true, maxRetries: 5 });
      const nest = join(root, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
      const { code, output } = await run(process.execPath, [nest, ...buildArguments(root)], { cwd: root });
      if (code !== 0) throw new Error(`The build failed:\n${output}`);
      writeFileSync(stamp, JSON.stringify({ sources }));
      return true;
    },
  );
}

/**
 * Builds the apps as of a Git revision, with the packages that are installed now.
 *
 * @param folder empty folder for the sources
 * @returns the path of the built dist/
 * @throws if there is no such revision
 */
export async function buildRevision(
  root: string,
  revision: string,
  folder: string,
  printProgress: (text: string) => void,
) {
  mkdirSync(folder, { recursive: true });
  const archive = join(folder, 'sources.tar');
  for (const [command, ...args] of [
    ['git', 'archive', '--output', archive, revision],
    ['tar', '-xf', archive, '-C', folder],
  ] as const) {
    const { code, output } = await run(command, args, { cwd: root });
    if (code !== 0) throw new Error(output.trim());
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  await build(folder, printProgress);
  return join(folder, 'dist');
}

/** The arguments of `nest` in the script `build` of package.json. An older revision has other projects. */
function buildArguments(root: string): string[] {
  const { scripts } = readJson<{ scripts: { build: string } }>(join(root, 'package.json'))!;
  return scripts.build.split(' ').slice(1);
}

function hashOfSources(root: string): string {
  const hash = createHash('sha256');
  const add = (file: string): void => {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0');
  };
  const configurationFiles = readdirSync(root).filter((name) =>
    /^(tsconfig.*|nest-cli|package-lock)\.json$/.test(name),
  );
  configurationFiles.sort().forEach(add);
  for (const folder of ['apps', 'libs']) {
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/spec\.ts$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
      // No app imports the client, so it is not part of the build.
      .filter((file) => !file.startsWith(join('libs', 'client')))
      .sort()
      .forEach(add);
  }
  return hash.digest('hex');
}
