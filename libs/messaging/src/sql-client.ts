/** SQL outside of any unit of work, for what messaging keeps in the database itself. */
export interface SqlClient {
  /** Runs one statement. @returns its rows */
  query<Row>(sql: string, parameters?: unknown[]): Promise<Row[]>;

  /** Runs one statement while nobody else runs one under the same lock; it sees all that those before it did. */
  queryWithAdvisoryLock<Row>(lock: number, sql: string, parameters?: unknown[]): Promise<Row[]>;
}
