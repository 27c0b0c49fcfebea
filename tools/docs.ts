// `npm run docs`: writes the generated documents. A test fails if one of them is stale.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import 'reflect-metadata';
import { build } from './build.js';
import { DASHBOARD_FILE, dashboardDocument } from './documents/dashboard.js';
import { errorsPage } from './documents/errors-page.js';
import { incompatibleChanges, eventDocuments } from './documents/events.js';
import { pagesWithSections } from './documents/generated-sections.js';

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
const script = join(root, 'dist', 'apps', 'api', 'src', 'http', 'write-openapi.js');
const { stdout, status, stderr } = spawnSync(process.execPath, [script], {
  encoding: 'utf8',
  maxBuffer: 1 << 26,
});
if (status !== 0) throw new Error(stderr);

// First of all: sections of other pages are generated from it.
writeFileSync(join(root, 'docs', 'openapi.json'), stdout);
process.stdout.write('docs/openapi.json\n');
const documents = {
  'docs/errors.md': errorsPage(),
  ...eventDocuments(),
  [DASHBOARD_FILE]: dashboardDocument(),
  ...pagesWithSections(root),
};
for (const [file, text] of Object.entries(documents)) {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
  process.stdout.write(`${file}\n`);
}
