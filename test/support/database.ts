import { migrate } from '@estoque/domain';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { server } from './environment.js';

/** A database of its own for a test file, migrated; `settings` as `name = value` hold for each connection to it. */
export async function createDatabase(settings: string[] = [], serverUrl = server('DATABASE')) {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const onServer = (sql: string) => execute(serverUrl, sql);
  await onServer(`CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  await migrate(url.href);
  for (const setting of settings) await onServer(`ALTER DATABASE ${name} SET ${setting}`);
  return { url: url.href, drop: () => onServer(`DROP DATABASE ${name} WITH (FORCE)`) };
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
