import { migrate } from '@estoque/domain';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { APP_NAMES, type AppName } from '../../apps/manifest.js';
import { databaseUrlOf } from '../../tools/infrastructure/accounts.js';
import { insertApiKeys } from './credentials.js';
import { serverUrl } from './environment.js';

/**
 * Creates and migrates a database for one test file, with an API key for each role.
 *
 * @param settings PostgreSQL parameters of the new database, each as `name = value`
 * @param server address of the PostgreSQL server; default: the one that `npm test` started
 * @param users whether the apps can log in as their own users
 * @returns its URL as the superuser, and as the user of an app
 */
export async function createDatabase(
  settings: string[] = [],
  server = serverUrl('DATABASE'),
  { users = false } = {},
) {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const onServer = (sql: string) => connected(server, (client) => client.query(sql));
  await onServer(`CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const urlOf = (app: AppName) => databaseUrlOf(app, url.href);
  await migrate(url.href, {
    appUrls: Object.fromEntries(users ? APP_NAMES.map((app) => [app, urlOf(app)]) : []),
  });
  await connected(url.href, (client) => insertApiKeys((sql, parameters) => client.query(sql, parameters)));
  for (const setting of settings) await onServer(`ALTER DATABASE ${name} SET ${setting}`);
  /** A closed pool reports it as an error if its last sessions are terminated. PostgreSQL waits 5 s for them to end. */
  const drop = () =>
    onServer(`DROP DATABASE ${name}`).catch(() => onServer(`DROP DATABASE ${name} WITH (FORCE)`));
  return { url: url.href, urlOf, drop };
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
