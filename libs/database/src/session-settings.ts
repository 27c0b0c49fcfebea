/** Time limits of a session, in milliseconds, and whose session it is. */
export interface SessionLimits {
  /** Time limit of a query on the client's side; 0 for none. */
  queryTimeoutMs: number;
  /** Time limit of each wait for a lock; 0 for none. Default: `LOCK_TIMEOUT_MS`. */
  lockTimeoutMs?: number;
  /** Id of this process. Rows that the session inserts get it as the process that wrote them. */
  process?: number;
}

/**
 * Far above the duration of a transaction of the order flow, so that contention between replicas does not reach it. An
 * order may meet a held lock in two services, and has to be processed within 2 s nevertheless.
 */
export const LOCK_TIMEOUT_MS = 400;

/** The share of the client's time limit after which the server ends a statement: the server reports the error first. */
const STATEMENT_SHARE = 0.9;
/** A transaction of the order flow has at most five round trips. */
const QUERIES_PER_TRANSACTION = 3;

/** TRUE if the server runs on an operating system that can report the end of a connection. */
const REPORTS_CLOSED_CONNECTIONS = `version() !~* 'windows|visual c|mingw'`;

/** PostgreSQL parameters of every session: name, value and, if not all servers accept it, a condition in SQL. */
type SessionSetting = [name: string, value: string | number, condition?: string];

/**
 * The PostgreSQL parameters of every connection. docs/database.md explains each for operators. A parameter that the
 * server does not know is omitted: `transaction_timeout` exists since PostgreSQL 17.
 */
export function sessionSettings({
  queryTimeoutMs,
  lockTimeoutMs = LOCK_TIMEOUT_MS,
}: SessionLimits): SessionSetting[] {
  const statementTimeoutMs = Math.floor(queryTimeoutMs * STATEMENT_SHARE);
  return [
    // The statements of the order flow find their rows by an index. But PostgreSQL prefers to scan a small table, and a
    // session keeps such a plan for foreign key checks: when many orders were placed in an almost empty database, each
    // check took a millisecond. PostgreSQL still scans if there is no other plan.
    ['enable_seqscan', 'off'],
    // Another session that holds a lock makes only those wait that need the lock.
    ['lock_timeout', lockTimeoutMs],
    // Below the client's limit: the server ends the statement itself, and the connection can still be used.
    ['statement_timeout', statementTimeoutMs],
    // A process that stops in the middle of a transaction (lost, frozen, out of memory) releases its locks.
    ['idle_in_transaction_session_timeout', queryTimeoutMs > 0 ? 5_000 : 0],
    // Bounds a transaction whose statements are short, but many.
    ['transaction_timeout', queryTimeoutMs * QUERIES_PER_TRANSACTION],
    // A machine that loses power closes no connection: without these, the server keeps its sessions for two hours.
    ['tcp_keepalives_idle', 5],
    ['tcp_keepalives_interval', 2],
    ['tcp_keepalives_count', 3],
    ['tcp_user_timeout', 10_000],
    // A client that closes its connection ends its statement, also one that waits for a lock.
    ['client_connection_check_interval', 1_000, REPORTS_CLOSED_CONNECTIONS],
  ];
}

/**
 * One statement that applies the settings and returns `is_standby`. It is sent after the connection is established: as
 * startup `options`, the settings would be refused by connection poolers.
 */
export function applySettings(limits: SessionLimits): string {
  const rows = sessionSettings(limits).map(
    ([name, value, condition = 'true']) => `('${name}', '${value}', ${condition})`,
  );
  // PostgreSQL knows this setting only once it is set.
  const process =
    limits.process === undefined ? '' : `, set_config('estoque.process', '${limits.process}', false)`;
  return `SELECT pg_is_in_recovery() AS is_standby, count(set_config(name, value, false))${process}
          FROM (VALUES ${rows.join(', ')}) AS setting (name, value, is_supported)
          WHERE is_supported AND current_setting(name, true) IS NOT NULL`;
}
