import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.js';

/** Writes the generated documents; a test fails where they are stale. */
const root = process.cwd();
await build(root, (text) => process.stdout.write(`${text}\n`));
mkdirSync(join(root, 'docs'), { recursive: true });
const script = join(root, 'dist', 'apps', 'api', 'src', 'http', 'write-openapi.js');
const { stdout, status, stderr } = spawnSync(process.execPath, [script], {
  encoding: 'utf8',
  maxBuffer: 1 << 26,
});
if (status !== 0) throw new Error(stderr);
writeFileSync(join(root, 'docs', 'openapi.json'), stdout);
process.stdout.write('docs/openapi.json\n');
