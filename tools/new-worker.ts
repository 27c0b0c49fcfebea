// `npm run new-worker`: generates a worker that builds, starts and passes the tests. docs/new-worker.md lists the files.
import { Command } from 'commander';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import 'reflect-metadata';
import { run } from './command.js';
import { changedFiles } from './new-worker/edits.js';
import { newFiles } from './new-worker/templates.js';
import { describeWorker, NewWorkerError } from './new-worker/worker.js';

const root = process.cwd();
const PRETTIER = join(root, 'node_modules', 'prettier', 'bin', 'prettier.cjs');

const command = new Command('npm run new-worker --')
  .description('Adds a worker that consumes events: its app, its tests and every file that lists the apps.')
  .argument('<name>', 'name of the worker, ending in -worker: invoice-worker')
  .requiredOption(
    '--consumes <event>',
    'event that it consumes, for example order.processed; several: separated by commas, or the option again',
    (value: string, previous: string[] = []) => [...previous, ...value.split(',').filter(Boolean)],
  )
  .option('--skip-documents', 'do not run `npm run docs` afterwards')
  .showHelpAfterError()
  .parse(process.argv.slice(3), { from: 'user' });

try {
  await addWorker(command.args[0]!, command.opts<{ consumes: string[]; skipDocuments?: true }>());
} catch (error) {
  if (!(error instanceof NewWorkerError)) throw error;
  command.showHelpAfterError(false).error(`error: ${error.message}`);
}

async function addWorker(
  name: string,
  { consumes, skipDocuments }: { consumes: string[]; skipDocuments?: true },
): Promise<void> {
  const worker = describeWorker(name, consumes);
  const added = newFiles(worker);
  const changed = changedFiles(worker, (path) => readFileSync(join(root, path), 'utf8'));
  await refuseIfInUse(Object.keys(added), Object.keys(changed));

  const files = { ...added, ...changed };
  const undo = `git restore ${Object.keys(changed).join(' ')}\nrm -r ${listNewPaths(Object.keys(added)).join(' ')}`;
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  await runOrFail(undo, PRETTIER, '--write', '--ignore-unknown', '--log-level=warn', ...Object.keys(files));
  const documents = skipDocuments ? [] : await regenerateDocuments(undo);

  printList('Added', Object.keys(added));
  printList('Changed', Object.keys(changed));
  if (documents.length > 0) printList('Updated by npm run docs', documents);
  print(`
${name} consumes ${worker.events.map((event) => event.name).join(', ')} from ${worker.queue}. It starts with npm start and passes npm test.
Still to be written by hand:
  1. the entity and its repository in libs/domain/src/${worker.base}, with an entry in libs/domain/src/unit-of-work.ts
  2. the migration in libs/domain/src/database/migrations
  3. the writes in apps/${name}/src/${worker.base}.service.ts, for the confirmed orders only
More: docs/new-worker.md`);
}

/** @throws NewWorkerError if a file exists, or has changes that are not committed and would be mixed with the new ones */
async function refuseIfInUse(added: string[], changed: string[]): Promise<void> {
  const existing = added.filter((path) => existsSync(join(root, path)));
  if (existing.length > 0) throw new NewWorkerError(`These files exist: ${existing.join(', ')}`);
  const git = (...args: string[]) => run('git', args, { cwd: root });
  const top = await git('rev-parse', '--show-toplevel');
  // Skip the check in a copy of the sources that is not a Git repository.
  if (top.code !== 0 || top.output.trim() !== root) return;
  const { output } = await git('status', '--porcelain', '--', ...changed);
  if (output.trim() !== '')
    throw new NewWorkerError(
      `These files have changes that are not committed. Commit them first:\n${output.trimEnd()}`,
    );
}

/** @returns the paths of the documents that changed */
async function regenerateDocuments(undo: string): Promise<string[]> {
  print('Building the apps and generating the documents');
  const before = readDocuments();
  // In a process of its own, because this one has loaded the manifest and the events as they were before.
  await runOrFail(undo, join(root, 'tools', 'run.mjs'), 'docs');
  return [...readDocuments()].filter(([path, text]) => before.get(path) !== text).map(([path]) => path);
}

/** @returns the text of every file that may be a generated document, by path */
function readDocuments(): Map<string, string> {
  const files = ['docs', 'deploy'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(root, join(entry.parentPath, entry.name))),
  );
  return new Map(['README.md', ...files].map((path) => [path, readFileSync(join(root, path), 'utf8')]));
}

/**
 * @param undo shell commands that undo the changes of this run, for the error
 * @throws NewWorkerError if the script fails
 */
async function runOrFail(undo: string, ...args: string[]): Promise<void> {
  const { code, output } = await run(process.execPath, args, { cwd: root });
  if (code !== 0)
    throw new NewWorkerError(
      `The files are written, but this failed: ${args.join(' ')}\n${output}\n` +
        `Fix the cause, or undo the changes:\n${undo}`,
    );
}

/** @returns for each path the topmost folder that does not exist yet, or the path itself */
function listNewPaths(paths: string[]): string[] {
  const newPaths = paths.map((path) => {
    const parts = path.split('/');
    const folders = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
    return folders.find((folder) => !existsSync(join(root, folder))) ?? path;
  });
  return [...new Set(newPaths)];
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function printList(title: string, files: string[]): void {
  print(`${title}:\n${files.map((file) => `  ${file}`).join('\n')}`);
}
