import { migrate } from '@estoque/domain';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { server } from './environment.js';

/** A database of its own for a test file, migrated; `settings` as `name = value` hold for each connection to it. */
export async function createDatabase(settings: string[] = []) {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await onServer(`CREATE DATABASE ${name}`);
  const url = new URL(server('DATABASE'));
  url.pathname = `/${name}`;
  await migrate(url.href);
  for (const setting of settings) await onServer(`ALTER DATABASE ${name} SET ${setting}`);
  return { url: url.href, drop: () => onServer(`DROP DATABASE ${name} WITH (FORCE)`) };
}

async function onServer(sql: string) {
  const client = new pg.Client(server('DATABASE'));
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
