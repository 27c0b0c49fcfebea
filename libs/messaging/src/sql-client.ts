/** Runs SQL outside of any unit of work, for the tables that messaging itself owns. */
export interface SqlClient {
  /** Runs one statement. @returns its rows */
  query<Row>(sql: string, parameters?: unknown[]): Promise<Row[]>;

  /**
   * Runs one statement under an advisory lock, in a transaction of its own. It sees the effects of all statements that
   * ran under the same lock before it.
   *
   * @returns its rows
   */
  queryWithAdvisoryLock<Row>(lock: number, sql: string, parameters?: unknown[]): Promise<Row[]>;
}
