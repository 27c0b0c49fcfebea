import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Compose } from './infrastructure/compose.js';
import { readJson } from './infrastructure/files.js';
import { isAlive, type Identity } from './infrastructure/identity.js';
import { claimClone, cleanUpAfterCrash, local, Refusal, testRuns } from './lifecycle.js';
import { print, red, yellow } from './terminal.js';

/** What took long to download, what isn't data, and what this very run holds. */
const KEPT = ['cache', 'test', 'launcher.lock', 'build.lock', 'install.lock'];

async function main(): Promise<void> {
  claimClone();
  await cleanUpAfterCrash();
  await Compose.wipe(local).catch((error: Error) => {
    print(yellow(`What Docker keeps of this folder stays, because Docker doesn't answer. ${error.message}`));
  });
  for (const name of existsSync(local) ? readdirSync(local) : []) {
    if (!KEPT.includes(name)) rmSync(join(local, name), { recursive: true, force: true, maxRetries: 5 });
  }
  const testing =
    existsSync(testRuns) &&
    readdirSync(testRuns).some((run) => isAlive(readJson<Identity>(join(testRuns, run, 'launcher.json'))));
  print(
    `The data are wiped${testing ? '; those of the tests that run now are left alone' : ''}. npm start begins afresh.`,
  );
}

main().catch((error: Error) => {
  print(red(error instanceof Refusal ? error.message : String(error.stack)));
  process.exitCode = 1;
});
