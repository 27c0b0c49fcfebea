import type { SqlClient } from '@estoque/database';

/** Reads how long the server has kept deleted row versions for an old snapshot (docs/adr/0021). */
export class SnapshotAge {
  constructor(private readonly sql: SqlClient) {}

  /**
   * PostgreSQL shows the start of other roles' transactions only to members of `pg_read_all_stats`.
   *
   * @returns age in seconds of the oldest snapshot, of an open transaction of any session of the server or of a prepared
   * transaction; 0 if there is none
   */
  async read(): Promise<number> {
    const [row] = await this.sql.query<{ age: number }>(
      `SELECT coalesce(extract(epoch FROM clock_timestamp() - min(started)), 0)::float8 AS age FROM (
         SELECT xact_start AS started FROM pg_stat_activity
         WHERE (backend_xmin IS NOT NULL OR backend_xid IS NOT NULL) AND pid <> pg_backend_pid()
         UNION ALL
         SELECT prepared FROM pg_prepared_xacts
       ) AS holder`,
    );
    return Math.max(0, row!.age);
  }
}
