import { AppError } from '@estoque/platform';
import type { DataSource, EntityManager } from 'typeorm';
import { unwrapDriverError } from './database.errors.js';

/** Runs SQL outside of any unit of work. */
export interface SqlClient {
  /** Runs one statement. @returns its rows */
  query<Row>(sql: string, parameters?: unknown[]): Promise<Row[]>;

  /**
   * Runs one statement while this process holds an advisory lock. The statement sees everything that earlier holders
   * of the lock committed. It does not wait for the lock.
   *
   * @returns its rows; no rows if another session holds the lock
   */
  queryWithAdvisoryLock<Row>(lock: number, sql: string, parameters?: unknown[]): Promise<Row[]>;
}

export function sqlClientOf(dataSource: DataSource): SqlClient {
  return {
    async query<Row>(sql: string, parameters?: unknown[]) {
      assertConnected(dataSource);
      try {
        return rowsOf<Row>(sql, await dataSource.query(sql, parameters));
      } catch (error) {
        throw unwrapDriverError(error);
      }
    },
    async queryWithAdvisoryLock<Row>(lock: number, sql: string, parameters?: unknown[]) {
      assertConnected(dataSource);
      try {
        return await dataSource.transaction(async (manager) => {
          const [row] = await manager.query<{ is_held: boolean }[]>(
            'SELECT pg_try_advisory_xact_lock($1) AS is_held',
            [lock],
          );
          return row!.is_held ? rowsOf<Row>(sql, await manager.query(sql, parameters)) : [];
        });
      } catch (error) {
        throw unwrapDriverError(error);
      }
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
