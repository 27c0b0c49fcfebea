import pg from 'pg';

/** A statement by name: parsed and planned once for a connection. */
export interface Statement {
  name: string;
  text: string;
}

export async function connectDatabase() {
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  // As the product does (libs/domain/src/database/pool.ts): plans that are kept from a small table's time are no ceiling.
  await client.query('SET enable_seqscan = off');
  return client;
}

/** One transaction on the process's own connection. */
export async function inTransaction<Result>(client: pg.Client, work: () => Promise<Result>): Promise<Result> {
  await client.query('BEGIN');
  const result = await work();
  await client.query('COMMIT');
  return result;
}

export async function ask<Row>(
  client: pg.Client,
  { name, text }: Statement,
  values: unknown[],
): Promise<Row[]> {
  return (await client.query({ name, text, values })).rows as Row[];
}
