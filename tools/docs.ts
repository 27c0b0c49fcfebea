// `npm run docs`: writes the generated documents. A test fails if one of them is stale. With --release, it also records the
// API contract of a release.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import 'reflect-metadata';
import { build } from './build.js';
import type { OpenApi } from './contract/document.js';
import { RELEASED_DOCUMENT, releaseProblems } from './contract/release.js';
import { clientFiles } from './documents/client.js';
import { brokerUserDocuments } from './documents/broker-users.js';
import { DASHBOARD_FILE, dashboardDocument } from './documents/dashboard.js';
import { errorsPage } from './documents/errors-page.js';
import { incompatibleChanges, eventDocuments, wire } from './documents/events.js';
import { pagesWithSections } from './documents/generated-sections.js';
import { RUNBOOK_FILE, runbookPage } from './documents/runbook-page.js';
import { readJson } from './infrastructure/files.js';
import { createCommand } from './options.js';
import { programOf } from './programs.js';

const { release: isRelease } = createCommand('docs', 'Writes the generated documents.')
  .option('--release', `record the API contract of a release in ${RELEASED_DOCUMENT}`)
  .parse(process.argv.slice(3), { from: 'user' })
  .opts<{ release?: true }>();
const root = process.cwd();
const incompatible = incompatibleChanges(root);
if (incompatible.length > 0) {
  process.stderr.write(
    `No document was written: these changes are incompatible with the published schemas.\n` +
      incompatible.map((change) => `  ${change}\n`).join('') +
      'Within a version changes must be additive. Undo them, or increment the version of the event.\n',
  );
  process.exit(1);
}

await build(root, (text) => process.stdout.write(`${text}\n`));
const script = programOf(join(root, 'dist'), 'write-openapi');
const { stdout, status, stderr } = spawnSync(process.execPath, [script], {
  encoding: 'utf8',
  maxBuffer: 1 << 26,
});
if (status !== 0) throw new Error(stderr);

if (isRelease) {
  const released = readJson<OpenApi>(join(root, RELEASED_DOCUMENT));
  const today = new Date().toISOString().slice(0, 10);
  const problems = releaseProblems(released, JSON.parse(stdout) as OpenApi, today);
  if (problems.length > 0) {
    process.stderr.write(
      'No document was written: the API contract cannot be released (docs/api-contract.md):\n' +
        problems.map((problem) => `  ${problem}\n`).join(''),
    );
    process.exit(1);
  }
}

// First of all: sections of other pages are generated from it.
writeFileSync(join(root, 'docs', 'openapi.json'), stdout);
process.stdout.write('docs/openapi.json\n');
const documents = {
  ...(isRelease && { [RELEASED_DOCUMENT]: stdout }),
  ...(await clientFiles(root, stdout)),
  'docs/errors.md': errorsPage(),
  ...eventDocuments(),
  [RUNBOOK_FILE]: runbookPage(root),
  [DASHBOARD_FILE]: dashboardDocument(),
  ...brokerUserDocuments(wire().topology),
  ...pagesWithSections(root),
};
for (const [file, text] of Object.entries(documents)) {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
  process.stdout.write(`${file}\n`);
}
