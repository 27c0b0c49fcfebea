// `npm run reset`: deletes all data of this clone: databases, queues, mails, logs, and reports of benchmarks and fault runs.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { claimClone, cleanUpAfterCrash } from './clone.js';
import { Compose } from './infrastructure/compose.js';
import { isTesting } from './infrastructure/test-run.js';
import { UserError } from './lifecycle.js';
import { local, root } from './paths.js';
import { print, red, yellow } from './terminal.js';

/** Not deleted: downloads, test runs, and locks that this run may hold. */
const KEPT = ['cache', 'test', 'launcher.lock', 'build.lock', 'install.lock'];

async function main(): Promise<void> {
  claimClone();
  await cleanUpAfterCrash();
  await Compose.wipe(local).catch((error: Error) => {
    print(yellow(`Containers and volumes of this folder were not removed: ${error.message}`));
  });
  for (const name of existsSync(local) ? readdirSync(local) : []) {
    if (!KEPT.includes(name)) rmSync(join(local, name), { recursive: true, force: true, maxRetries: 5 });
  }
  const exception = isTesting(root) ? ', except those of the tests that are running' : '';
  print(`All data are deleted${exception}. The next npm start begins with an empty database.`);
}

main().catch((error: Error) => {
  print(red(error instanceof UserError ? error.message : String(error.stack)));
  process.exitCode = 1;
});
