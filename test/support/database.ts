import { migrate } from '@estoque/domain';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { server } from './environment.js';

/** A database of its own for a test file, migrated. */
export async function createDatabase() {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await onServer(`CREATE DATABASE ${name}`);
  const url = new URL(server('DATABASE'));
  url.pathname = `/${name}`;
  await migrate(url.href);
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
