import { ReadOnlyServer } from './database.errors.js';
import { Pool } from './pool.js';

/** Below the time limit of a readiness probe, 900 ms, so that the probe reports the reason. */
const TIMEOUT_MS = 800;
const IDLE_TIMEOUT_MS = 60_000;

/** A session that blocks one of this app's sessions. */
export interface BlockingSession {
  pid: number;
  /** `application_name` and state; null if the server does not show them to this user. */
  app: string | null;
  state: string | null;
  /** Since the start of its transaction. */
  seconds: number | null;
}

/**
 * The sessions that block sessions of the app $1. A session that only waits for the same lock is followed to the one
 * that holds it.
 */
const BLOCKING_SESSIONS = `
  WITH RECURSIVE blocked (pid) AS (
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = $1 AND wait_event_type = 'Lock'
    UNION
    SELECT unnest(pg_blocking_pids(pid)) FROM blocked
  )
  SELECT pid, application_name AS app, state,
         extract(epoch FROM clock_timestamp() - xact_start)::int AS seconds
  FROM pg_stat_activity JOIN blocked USING (pid)
  WHERE wait_event_type IS DISTINCT FROM 'Lock' AND application_name IS DISTINCT FROM $1
  ORDER BY xact_start LIMIT 1`;

/**
 * A connection to the database for readiness probes and diagnosis. It is not part of the pool, so that the requests
 * that keep the pool busy do not delay a probe. It connects when it is first used.
 */
export class MonitorClient {
  private readonly pool: Pool;

  /** @param app application name of the sessions that `blockingSession` looks for */
  constructor(
    url: string,
    private readonly app: string,
  ) {
    this.pool = new Pool({
      connectionString: url,
      application_name: `${app} monitor`,
      max: 1,
      limits: { queryTimeoutMs: TIMEOUT_MS },
      query_timeout: TIMEOUT_MS,
      connectionTimeoutMillis: TIMEOUT_MS,
      idleTimeoutMillis: IDLE_TIMEOUT_MS,
      allowExitOnIdle: true,
      keepAlive: true,
    });
    // The loss of an idle connection; the next query connects again.
    this.pool.on('error', () => undefined);
  }

  /** Checks without writing that the server accepts writes. @throws ReadOnlyServer, or why the server does not respond */
  async assertWritable() {
    const client = await this.pool.connect();
    const close = await client
      .query<{ is_read_only: boolean }>(
        `SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean AS is_read_only`,
      )
      .then(({ rows }) => (rows[0]!.is_read_only ? new ReadOnlyServer() : undefined))
      .catch((error: Error) => error);
    // After a failure, the next probe uses a new connection, which follows the address of the database.
    client.release(close);
    if (close) throw close;
  }

  /** @returns the session that has blocked sessions of this app for longest; undefined if none waits at the moment */
  async blockingSession(): Promise<BlockingSession | undefined> {
    const { rows } = await this.pool.query<BlockingSession>(BLOCKING_SESSIONS, [this.app]);
    return rows[0];
  }

  /** Runs one short statement apart from the pool, for what this process records about itself. @returns its rows */
  async query<Row>(sql: string, parameters: unknown[]): Promise<Row[]> {
    return (await this.pool.query(sql, parameters)).rows as Row[];
  }

  async close() {
    await this.pool.end();
  }
}
