import type { TransportReport } from '@estoque/messaging';
import type { OrderStatus } from '../order/order-state-machine.js';

/** What a process reports about itself. Counters are those since its start. */
export interface ProcessState {
  /** State of the consumer; `serving` for a process that consumes no queue. */
  state: TransportReport['state'] | 'serving';
  consumer?: Omit<TransportReport, 'state'>;
  /** Orders that entered each status in this process. */
  orders: Partial<Record<OrderStatus, number>>;
  /** Events that this process published. */
  published: Record<string, number>;
}

export interface ProcessReport {
  /** Unique for each start of a process: app, random characters and host name. */
  instance: string;
  app: string;
  version: string;
  started_at: Date;
  reported_at: Date;
  /** Seconds since the report, by the database's clock. */
  age_seconds: number;
  report: ProcessState;
}

/** A process that ended without removing its report is listed for this time. */
const KEPT_MINUTES = 10;
/** More processes than any deployment has. */
const MAX_REPORTS = 500;

interface Sql {
  query<Row>(sql: string, parameters: unknown[]): Promise<Row[]>;
}

/** Rows of `processes`. Steps of older processes are shown without their process. */
const MAX_PROCESSES = 10_000;

/** Writes `processes`, and `process_reports`: one row for each process, replaced by each of its reports. */
export class ProcessReportRepository {
  constructor(private readonly sql: Sql) {}

  /** Stores who the process is, for as long as rows refer to it: deletes all but the newest 10,000. */
  async register({
    id,
    instance,
    app,
    version,
    started_at,
  }: Pick<ProcessReport, 'instance' | 'app' | 'version' | 'started_at'> & { id: number }) {
    await this.sql.query(
      `WITH pruned AS (
         DELETE FROM processes WHERE id = ANY(ARRAY(
           SELECT id FROM processes ORDER BY started_at DESC, id OFFSET ${MAX_PROCESSES - 1}))
       )
       INSERT INTO processes (id, instance, app, version, started_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
      [id, instance, app, version, started_at],
    );
  }

  /** Replaces the report of the process, and deletes those of processes that ended long ago. */
  async save({
    instance,
    app,
    version,
    started_at,
    report,
  }: Omit<ProcessReport, 'reported_at' | 'age_seconds'>) {
    await this.sql.query(
      `WITH ended AS (
         DELETE FROM process_reports
         WHERE reported_at < clock_timestamp() - interval '${KEPT_MINUTES} minutes' AND instance <> $1
       )
       INSERT INTO process_reports (instance, app, version, started_at, report) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (instance) DO UPDATE SET reported_at = clock_timestamp(), report = EXCLUDED.report`,
      [instance, app, version, started_at, JSON.stringify(report)],
    );
  }

  async remove(instance: string) {
    await this.sql.query('DELETE FROM process_reports WHERE instance = $1', [instance]);
  }

  /** @returns the reports, sorted by app and start */
  list(): Promise<ProcessReport[]> {
    return this.sql.query<ProcessReport>(
      `SELECT instance, app, version, started_at, reported_at, report,
              extract(epoch FROM clock_timestamp() - reported_at)::float8 AS age_seconds
       FROM process_reports ORDER BY app, started_at, instance LIMIT ${MAX_REPORTS}`,
      [],
    );
  }
}
