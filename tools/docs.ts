import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import 'reflect-metadata';
import { build } from './build.js';
import { DASHBOARD_FILE, dashboardDocument } from './documents/dashboard.js';
import { brokenPromises, eventDocuments } from './documents/events.js';

/** Writes the generated documents; a test fails where they are stale. */
const root = process.cwd();
const broken = brokenPromises(root);
if (broken.length > 0) {
  process.stderr.write(
    `Nothing is written, for this breaks what was published:\n${broken.map((line) => `  ${line}\n`).join('')}` +
      'Within a version changes are additive only: take it back, or give the event its next version.\n',
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

const documents = {
  'docs/openapi.json': stdout,
  ...eventDocuments(),
  [DASHBOARD_FILE]: dashboardDocument(),
};
for (const [file, text] of Object.entries(documents)) {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
  process.stdout.write(`${file}\n`);
}
