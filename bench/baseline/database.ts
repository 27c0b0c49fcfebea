import pg from 'pg';

/** A named statement: PostgreSQL parses and plans it once per connection. */
export interface Statement {
  name: string;
  text: string;
}

export async function connectDatabase() {
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  // As in the product: PostgreSQL keeps the plans that it made for small tables. They would scan grown tables sequentially.
  await client.query('SET enable_seqscan = off');
  return client;
}

/** Runs `work` in one transaction on the process's only connection. */
export async function inTransaction<Result>(client: pg.Client, work: () => Promise<Result>): Promise<Result> {
  await client.query('BEGIN');
  const result = await work();
  await client.query('COMMIT');
  return result;
}

export async function query<Row>(
  client: pg.Client,
  { name, text }: Statement,
  values: unknown[],
): Promise<Row[]> {
  return (await client.query({ name, text, values })).rows as Row[];
}
