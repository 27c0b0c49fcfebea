import { migrate } from '@estoque/domain';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { insertApiKeys } from './credentials.js';
import { serverUrl } from './environment.js';

/**
 * Creates and migrates a database for one test file, with an API key for each role.
 *
 * @param settings PostgreSQL parameters of the new database, each as `name = value`
 * @param server address of the PostgreSQL server; default: the one that `npm test` started
 */
export async function createDatabase(settings: string[] = [], server = serverUrl('DATABASE')) {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const onServer = (sql: string) => connected(server, (client) => client.query(sql));
  await onServer(`CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  await migrate(url.href);
  await connected(url.href, (client) => insertApiKeys((sql, parameters) => client.query(sql, parameters)));
  for (const setting of settings) await onServer(`ALTER DATABASE ${name} SET ${setting}`);
  /** A closed pool reports it as an error if its last sessions are terminated. PostgreSQL waits 5 s for them to end. */
  const drop = () =>
    onServer(`DROP DATABASE ${name}`).catch(() => onServer(`DROP DATABASE ${name} WITH (FORCE)`));
  return { url: url.href, drop };
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
