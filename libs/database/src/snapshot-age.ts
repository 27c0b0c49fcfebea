import type { SqlClient } from './sql-client.js';

/**
 * Age in seconds of the oldest snapshot that keeps deleted row versions: of an open transaction of any session of the
 * server, or of a prepared transaction; 0 if there is none.
 *
 * PostgreSQL shows the start of other roles' transactions only to members of `pg_read_all_stats`.
 */
export async function readSnapshotAge(sql: SqlClient): Promise<number> {
  const [row] = await sql.query<{ age: number }>(
    `SELECT coalesce(extract(epoch FROM clock_timestamp() - min(started)), 0)::float8 AS age FROM (
       SELECT xact_start AS started FROM pg_stat_activity
       WHERE (backend_xmin IS NOT NULL OR backend_xid IS NOT NULL) AND pid <> pg_backend_pid()
       UNION ALL
       SELECT prepared FROM pg_prepared_xacts
     ) AS holder`,
  );
  return Math.max(0, row!.age);
}
