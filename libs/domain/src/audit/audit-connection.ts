import { sqlClientOf, type SqlClient } from '@estoque/database';
import { createDataSource } from '../database/data-source.js';

/**
 * An audit reads whole tables. Unlike a statement of the order flow, it may scan them; it sorts in memory and uses one
 * processor only.
 */
const SETTINGS = `SELECT set_config('enable_seqscan', 'on', false), set_config('work_mem', '64MB', false),
  set_config('max_parallel_workers_per_gather', '0', false), set_config('jit', 'off', false), pg_backend_pid() AS pid`;

/** Opens a connection for each audit, so that an audit uses no connection of the order flow. */
export class AuditConnection implements Pick<SqlClient, 'query'> {
  private readonly pids = new Set<number>();
  private isCancelled = false;

  constructor(
    private readonly url: string,
    private readonly app: string,
    /** The server ends an audit that takes longer. */
    private readonly timeoutSeconds: number,
    private readonly sql: SqlClient,
  ) {}

  async query<Row>(sql: string): Promise<Row[]> {
    const dataSource = await createDataSource(this.url, {
      poolSize: 1,
      queryTimeoutMs: this.timeoutSeconds * 1_000,
      app: `${this.app} audit`,
    }).initialize();
    try {
      const [{ pid }] = await dataSource.query<[{ pid: number }]>(SETTINGS);
      if (this.isCancelled) throw new Error('the audit was cancelled');
      this.pids.add(pid);
      return await dataSource.query<Row[]>(sql).finally(() => this.pids.delete(pid));
    } finally {
      await dataSource.destroy();
    }
  }

  /** Ends the audits of this process on the server. No further audit is run. */
  async cancel() {
    this.isCancelled = true;
    if (this.pids.size > 0)
      await this.sql.query('SELECT pg_cancel_backend(pid) FROM unnest($1::integer[]) AS pid', [
        [...this.pids],
      ]);
  }
}

/** @returns a connection for audits; `sql` cancels them */
export const auditConnectionOf = (
  { DATABASE_URL, AUDIT_TIMEOUT_SECONDS }: { DATABASE_URL: string; AUDIT_TIMEOUT_SECONDS: number },
  app: string,
  dataSource: Parameters<typeof sqlClientOf>[0],
) => new AuditConnection(DATABASE_URL, app, AUDIT_TIMEOUT_SECONDS, sqlClientOf(dataSource));
