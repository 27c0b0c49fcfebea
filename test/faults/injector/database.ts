import pg from 'pg';
import type { Sql } from '../ledger.js';

/** Distinguishes the fault injector's connections from those of the apps in pg_stat_activity. */
export const APPLICATION_NAME = 'fault-injector';

/** Reads the database directly, without a proxy. */
export class Database {
  private pool: pg.Pool;

  constructor(url: string) {
    this.pool = createPool(url);
  }

  /** Reads another server from now on. */
  connectTo(url: string) {
    // The connections to the previous server can be halted, so that they never end.
    void this.pool.end();
    this.pool = createPool(url);
  }

  async query<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.pool.query(text, values)).rows as Row[];
  }

  /** Runs a statement that takes a lock. @returns a function that ends its transaction */
  async hold(text: string, values: unknown[]): Promise<() => Promise<void>> {
    const client = await this.pool.connect();
    try {
      await client.query('BEGIN');
      await client.query(text, values);
    } catch (error) {
      client.release(error as Error);
      throw error;
    }
    return async () => {
      await client.query('ROLLBACK');
      client.release();
    };
  }

  /** Runs all queries of `work` on one snapshot of the database. */
  async inSnapshot<Result>(work: (sql: Sql) => Promise<Result>) {
    const client = await this.pool.connect();
    try {
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      return await work(async (text, values) => (await client.query(text, values)).rows as unknown[]);
    } finally {
      await client.query('ROLLBACK').catch(() => undefined);
      client.release();
    }
  }

  /** @returns deadlocks since the database was created; PostgreSQL publishes the number about a second late */
  async countDeadlocks(): Promise<number> {
    const [row] = await this.query<{ deadlocks: number }>(
      'SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()',
    );
    return row!.deadlocks;
  }

  /** @returns how many of these orders have the status `processed` */
  async countProcessed(orderIds: number[]): Promise<number> {
    const [row] = await this.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM orders WHERE id = ANY($1) AND status = 'processed'`,
      [orderIds],
    );
    return row!.count;
  }

  close() {
    return this.pool.end();
  }
}

function createPool(url: string) {
  const pool = new pg.Pool({ connectionString: url, max: 6, application_name: APPLICATION_NAME });
  // Idle connections fail when a fault stops PostgreSQL; the next query reports it.
  pool.on('error', () => undefined);
  return pool;
}
