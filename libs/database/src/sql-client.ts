import { AppError } from '@estoque/platform';
import type { DataSource, EntityManager } from 'typeorm';

/** Runs SQL outside of any unit of work. */
export interface SqlClient {
  /** Runs one statement. @returns its rows */
  query<Row>(sql: string, parameters?: unknown[]): Promise<Row[]>;

  /**
   * Runs one statement while this process holds an advisory lock. The statement sees everything that earlier holders
   * of the lock committed.
   */
  queryWithAdvisoryLock<Row>(lock: number, sql: string, parameters?: unknown[]): Promise<Row[]>;
}

export function sqlClientOf(dataSource: DataSource): SqlClient {
  return {
    async query<Row>(sql: string, parameters?: unknown[]) {
      assertConnected(dataSource);
      return rowsOf<Row>(sql, await dataSource.query(sql, parameters));
    },
    queryWithAdvisoryLock<Row>(lock: number, sql: string, parameters?: unknown[]) {
      assertConnected(dataSource);
      return dataSource.transaction(async (manager) => {
        await manager.query('SELECT pg_advisory_xact_lock($1)', [lock]);
        return rowsOf<Row>(sql, await manager.query(sql, parameters));
      });
    },
  };
}

/** Runs SQL in the transaction of the manager. */
export function sqlClientInTransaction(manager: EntityManager): SqlClient {
  const query = async <Row>(sql: string, parameters?: unknown[]) =>
    rowsOf<Row>(sql, await manager.query(sql, parameters));
  return {
    query,
    async queryWithAdvisoryLock<Row>(lock: number, sql: string, parameters?: unknown[]) {
      await manager.query('SELECT pg_advisory_xact_lock($1)', [lock]);
      return query<Row>(sql, parameters);
    },
  };
}

/** TypeORM returns `[rows, count]` for an UPDATE or DELETE, and the rows for any other statement. */
function rowsOf<Row>(sql: string, result: unknown): Row[] {
  return /^\s*(UPDATE|DELETE)/.test(sql) ? (result as [Row[], number])[0] : (result as Row[]);
}

/** @throws AppError `database_unavailable` until the data source is connected for the first time */
export function assertConnected(dataSource: DataSource) {
  if (!dataSource.isInitialized)
    throw new AppError('unavailable', 'database_unavailable', 'not connected yet');
}
