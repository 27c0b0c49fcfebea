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
      const commands = buildCommands(root);
      await Promise.all(
        commands.filter((command) => !isBundler(command)).map((command) => runIn(root, command)),
      );
      // It bundles what the others have written.
      for (const command of commands.filter(isBundler)) await runIn(root, command);
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

/** Bundles the programs of the `dist/` in a folder again. */
export const bundle = (root: string, folder: string) =>
  runIn(folder, [program(root, 'rolldown'), '--config', join(root, 'rolldown.config.ts')]);

/** @throws with its output if the command fails */
async function runIn(folder: string, command: string[]): Promise<void> {
  const { code, output } = await run(process.execPath, command, { cwd: folder });
  if (code !== 0) throw new Error(`The build failed:\n${output}`);
}

const PROGRAMS: Record<string, string[]> = {
  nest: ['@nestjs', 'cli', 'bin', 'nest.js'],
  rolldown: ['rolldown', 'bin', 'cli.mjs'],
  vite: ['vite', 'bin', 'vite.js'],
};

const program = (root: string, name: string) => join(root, 'node_modules', ...PROGRAMS[name]!);

const isBundler = ([script]: string[]) => script!.endsWith(join(...PROGRAMS.rolldown!));

/**
 * The commands of the script `build` in package.json. Those before the bundler are independent of each other. An older
 * revision has other commands.
 *
 * @returns the arguments of node for each command
 */
function buildCommands(root: string): string[][] {
  const { scripts } = readJson<{ scripts: { build: string } }>(join(root, 'package.json'))!;
  return scripts.build.split(' && ').map((command) => {
    const [name = '', ...args] = command.split(' ');
    return [program(root, name), ...args];
  });
}

const CLIENT_TYPES = new Set([join('libs', 'client', 'src', 'contract.ts')]);

function hashOfSources(root: string): string {
  const hash = createHash('sha256');
  const add = (file: string): void => {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0');
  };
  const configurationFiles = readdirSync(root).filter((name) =>
    /^((tsconfig.*|nest-cli|package-lock)\.json|rolldown\.config\.ts)$/.test(name),
  );
  configurationFiles.sort().forEach(add);
  for (const folder of ['apps', 'libs']) {
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/spec\.ts$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
      // Of the client, the build of the console contains the code, and not the types or the built package.
      .filter((file) => !CLIENT_TYPES.has(file) && !file.startsWith(join('libs', 'client', 'dist')))
      .sort()
      .forEach(add);
  }
  return hash.digest('hex');
}
