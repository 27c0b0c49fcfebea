import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { APP_NAMES, type AppName } from '../../apps/manifest.js';
import { databaseUrlOf } from '../../tools/infrastructure/accounts.js';
import { insertApiKeys } from './credentials.js';
import { serverUrl } from './environment.js';

/** The database that `createDatabase` copies, and its name until it is complete. */
const TEMPLATE = 'test_template';
const DRAFT = 'test_template_draft';
/** Advisory lock of the process that creates the template. */
const TEMPLATE_LOCK = 7_346_900;

/**
 * Creates a migrated database for one test file, with an API key for each role. The apps can log in as their own users.
 *
 * @param settings PostgreSQL parameters of the new database, each as `name = value`
 * @param server address of the PostgreSQL server; default: the one that `npm test` started
 * @returns its URL as the superuser, and as the user of an app
 */
export async function createDatabase(settings: string[] = [], server = serverUrl('DATABASE')) {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const onServer = (sql: string) => connected(server, (client) => client.query(sql));
  await connected(server, async (client) => {
    await ensureTemplate(client, server);
    // Copying the files takes a third of the time of the default, which writes each page to the log.
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE} STRATEGY file_copy`);
    for (const setting of settings) await client.query(`ALTER DATABASE ${name} SET ${setting}`);
  });
  const url = urlOn(server, name);
  const urlOf = (app: AppName) => databaseUrlOf(app, url);
  /** A closed pool reports it as an error if its last sessions are terminated. PostgreSQL waits 5 s for them to end. */
  const drop = () =>
    onServer(`DROP DATABASE ${name}`).catch(() => onServer(`DROP DATABASE ${name} WITH (FORCE)`));
  return { url, urlOf, drop };
}

/** Creates the template if the server has none yet: a copy costs a fraction of the migrations. */
async function ensureTemplate(client: pg.Client, server: string) {
  await client.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
  const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [TEMPLATE]);
  if (rowCount === 0) {
    await client.query(`DROP DATABASE IF EXISTS ${DRAFT}`);
    await client.query(`CREATE DATABASE ${DRAFT}`);
    const url = urlOn(server, DRAFT);
    // Imported here, because the other test files do not need the domain layer.
    const { migrate } = await import('@estoque/domain');
    await migrate(url, {
      appUrls: Object.fromEntries(APP_NAMES.map((app) => [app, databaseUrlOf(app, url)])),
    });
    await connected(url, (draft) => insertApiKeys((sql, parameters) => draft.query(sql, parameters)));
    await client.query(`ALTER DATABASE ${DRAFT} RENAME TO ${TEMPLATE}`);
  }
  await client.query('SELECT pg_advisory_unlock($1)', [TEMPLATE_LOCK]);
}

function urlOn(server: string, database: string) {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}

async function connected(url: string, work: (client: pg.Client) => Promise<unknown>) {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
