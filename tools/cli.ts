// `npm run cli`: runs the command line of the API's operations. It uses the servers of a running `npm start`. If none is
// running, DATABASE_URL and RABBITMQ_URL must be set.
import { join } from 'node:path';
import { build } from './build.js';
import { run } from './command.js';
import { readJson } from './infrastructure/files.js';
import { root, stackFile } from './paths.js';
import { programOf } from './programs.js';
import { fileVariableOf } from '../libs/platform/src/config/secrets.js';

await build(root, (text) => process.stderr.write(`${text}\n`));
const stack = readJson<{ database_url: string; rabbitmq_url: string }>(stackFile);
const started = stack ? { DATABASE_URL: stack.database_url, RABBITMQ_URL: stack.rabbitmq_url } : {};
// The caller's variables take precedence, also those that name a file.
const servers = Object.fromEntries(
  Object.entries(started).filter(([name]) => !process.env[fileVariableOf(name)]),
);
const script = programOf(join(root, 'dist'), 'cli');
/** An hour, because an audit reads the whole ledger. */
const timeout = { DATABASE_QUERY_TIMEOUT_MS: '3600000', AUDIT_TIMEOUT_SECONDS: '3600' };
const { code } = await run(process.execPath, ['--enable-source-maps', script, ...process.argv.slice(3)], {
  cwd: root,
  env: { ...servers, ...timeout, ...process.env },
  show: true,
});
process.exitCode = code;
