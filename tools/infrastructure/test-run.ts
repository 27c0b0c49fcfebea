import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, writeAtomically } from './files.js';
import { identityOf, isAlive, type Identity } from './identity.js';
import { endLeftovers } from './leftovers.js';
import { Processes } from './processes.js';
import type { PrintProgress } from './process-spec.js';

const folderOf = (root: string): string => join(root, '.local', 'test');
const readLauncher = (dir: string) => readJson<Identity>(join(dir, 'launcher.json'));

/** Files and processes of one run that has servers of its own: a command such as `npm test`, or a spec file. */
export class TestRun {
  /** Folder for all files of this run. */
  readonly dir: string;
  readonly processes: Processes;

  constructor(
    readonly root: string,
    readonly printProgress: PrintProgress = () => undefined,
    /** Whether data and logs are kept until the next test run. */
    private readonly options: { keep?: boolean } = {},
  ) {
    this.dir = join(folderOf(root), randomBytes(4).toString('hex'));
    this.processes = new Processes(join(this.dir, 'run'), printProgress);
    // If this process is killed, a later run ends the processes that it has recorded, and deletes the folder.
    writeAtomically(join(this.dir, 'launcher.json'), JSON.stringify(identityOf(process.pid)));
  }

  /** Does nothing if they are kept. */
  deleteFiles(): void {
    if (this.options.keep) return;
    rmSync(this.dir, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Stops the processes and deletes the files. */
  async stop(): Promise<void> {
    await this.processes.stop();
    this.deleteFiles();
  }
}

/** Ends the processes and deletes the folders of test runs whose launcher has ended. */
export async function removeDeadTestRuns(root: string): Promise<void> {
  for (const dir of listTestRuns(root)) {
    const launcher = readLauncher(dir);
    // A run without launcher.json is either just starting, or old.
    if (isAlive(launcher) || (!launcher && Date.now() - statSync(dir).mtimeMs < 60_000)) continue;
    await endLeftovers(join(dir, 'run'));
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

export function isTesting(root: string): boolean {
  return listTestRuns(root).some((dir) => isAlive(readLauncher(dir)));
}

function listTestRuns(root: string): string[] {
  const folder = folderOf(root);
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
}
