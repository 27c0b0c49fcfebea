import { migrate } from '@estoque/domain';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { serverUrl } from './environment.js';

/**
 * Creates and migrates a database for one test file.
 *
 * @param settings PostgreSQL parameters of the new database, each as `name = value`
 * @param server address of the PostgreSQL server; default: the one that `npm test` started
 */
export async function createDatabase(settings: string[] = [], server = serverUrl('DATABASE')) {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const onServer = (sql: string) => execute(server, sql);
  await onServer(`CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  await migrate(url.href);
  for (const setting of settings) await onServer(`ALTER DATABASE ${name} SET ${setting}`);
  /** A closed pool reports it as an error if its last sessions are terminated. PostgreSQL waits 5 s for them to end. */
  const drop = () =>
    onServer(`DROP DATABASE ${name}`).catch(() => onServer(`DROP DATABASE ${name} WITH (FORCE)`));
  return { url: url.href, drop };
}

async function execute(url: string, sql: string) {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
