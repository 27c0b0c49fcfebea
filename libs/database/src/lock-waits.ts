import type { Logger } from '@estoque/platform';
import { isDeepStrictEqual } from 'node:util';
import type { BlockingSession, MonitorClient } from './monitor-client.js';

/** A row counts as locked for this long after a wait for it failed. */
const REMEMBERED_MS = 10_000;
const DIAGNOSIS_INTERVAL_MS = 2_000;
const MAX_ROWS_SHOWN = 3;

/**
 * The rows for which this process has recently waited without getting the lock, and the session that holds them. It
 * queries the database only while there are such rows.
 */
export class LockWaits {
  /** Time of `performance.now()` at which a wait for the row last failed, by row. */
  private readonly lastFailedAt = new Map<string, number>();
  private blockedBy?: BlockingSession;
  private lastDiagnosisAt = -Infinity;

  /** @param onFailedWait is called for each row, for a metric */
  constructor(
    private readonly monitor: Pick<MonitorClient, 'blockingSession'>,
    private readonly logger: Pick<Logger, 'warn'>,
    private readonly onFailedWait: () => void = () => undefined,
  ) {}

  /** Number of rows that are locked as far as this process knows. */
  get count(): number {
    this.forgetOld();
    return this.lastFailedAt.size;
  }

  /** @param rows as text, for example `stock of product 12` */
  reportLocked(rows: string[]) {
    for (const row of rows) {
      this.onFailedWait();
      const isNew = !this.lastFailedAt.has(row);
      this.lastFailedAt.set(row, performance.now());
      if (isNew) this.logger.warn({ row, held_by: this.holder }, 'a row is locked by another session');
    }
  }

  reportFree(row: string) {
    if (this.lastFailedAt.delete(row)) this.logger.warn({ row }, 'the row is no longer locked');
    if (this.lastFailedAt.size === 0) this.blockedBy = undefined;
  }

  /** Finds out who blocks this app, at most every two seconds. It must run while a session of the app waits. */
  async diagnose() {
    if (performance.now() - this.lastDiagnosisAt < DIAGNOSIS_INTERVAL_MS) return;
    this.lastDiagnosisAt = performance.now();
    // Without the answer, the rows are reported without the session that holds them.
    const found = await this.monitor.blockingSession().catch(() => undefined);
    if (!found) return;
    const isOther = found.pid !== this.blockedBy?.pid || !isDeepStrictEqual(found.app, this.blockedBy.app);
    this.blockedBy = found;
    if (isOther) this.logger.warn({ held_by: this.holder, rows: this.rows }, 'waiting for a lock');
  }

  /** Degradation for the readiness probe; undefined if no row is locked. */
  describe(): string | undefined {
    if (this.count === 0) return undefined;
    const { rows, holder } = this;
    const shown = rows.slice(0, MAX_ROWS_SHOWN).join(', ');
    const more = rows.length > MAX_ROWS_SHOWN ? ` and ${rows.length - MAX_ROWS_SHOWN} more` : '';
    return `waits for a lock on ${shown}${more}${holder ? `, held by ${holder}` : ''}`;
  }

  private get rows() {
    return [...this.lastFailedAt.keys()];
  }

  private get holder(): string | undefined {
    if (!this.blockedBy) return undefined;
    const { pid, app, state, seconds } = this.blockedBy;
    const details = [app, seconds === null ? state : `${state ?? 'in a transaction'} for ${seconds} s`];
    return `pid ${pid} (${details.filter(Boolean).join(', ')})`;
  }

  private forgetOld() {
    const oldest = performance.now() - REMEMBERED_MS;
    for (const [row, failedAt] of this.lastFailedAt) if (failedAt < oldest) this.lastFailedAt.delete(row);
    if (this.lastFailedAt.size === 0) this.blockedBy = undefined;
  }
}
