import { RowLocked } from '@estoque/database';
import type { activeContext } from '@estoque/platform';
import { setTimeout as sleep } from 'node:timers/promises';

export interface PendingItem<Item, Result> {
  item: Item;
  /** Trace context of the caller. */
  traceContext: ReturnType<typeof activeContext>;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
  /** Whether the caller no longer waits. */
  isAbandoned?: () => boolean;
  /** Time of `performance.now()`. */
  addedAt: number;
  /** Whether the item has waited for a locked row already. */
  hasWaited?: boolean;
}

/** How a batcher asks about locks. Rows are text, for example `stock of product 12`. */
export interface LockQueries {
  /** Waits for the row, with nothing else locked. @returns false if another session still holds it */
  waitFor(row: string): Promise<boolean>;
  /** Does not wait. @returns those of the rows that another session has locked at the moment */
  findLocked(rows: string[]): Promise<Set<string>>;
}

export interface RowLocks<Item> {
  /** The rows that handling the item locks. Called only after a lock timeout. */
  rowsOf: (item: Item) => string[];
  queries: () => LockQueries;
}

/** A row counts as locked for this long after a wait for it failed. */
const REMEMBERED_MS = 10_000;
/** Interval at which the other rows are checked while one is waited for. */
const CHECK_INTERVAL_MS = 100;
/** Further items are refused immediately: they would only fill the prefetch window. */
const MAX_WAITING = 50;

/**
 * The items of a MicroBatcher that need a row which another session has locked for longer than the lock timeout.
 *
 * They wait here, so that batches of other items do not wait with them. One row at a time is waited for, by one session
 * with nothing else locked. If it is free, its items are handled in the next batch; otherwise they are refused with
 * RowLocked: the caller tries again later. Meanwhile the other rows are checked without waiting: most of them were
 * locked only for a moment, by a batch that waited for the same row.
 */
export class LockedItems<Item, Result> {
  /** Time of `performance.now()` at which a wait for the row last failed, by row. */
  private readonly lockedRows = new Map<string, number>();
  private waiting: PendingItem<Item, Result>[] = [];
  private rowWaitedFor?: string;
  /** Identifies the latest run of `waitForRows`, while it runs. */
  private run?: object;

  /** @param handle handles items whose rows are free */
  constructor(
    private readonly locks: RowLocks<Item>,
    private readonly handle: (items: PendingItem<Item, Result>[]) => void,
  ) {}

  get hasLockedRows() {
    return this.lockedRows.size > 0;
  }

  /** Takes over the items that need a locked row. @returns the others */
  divert(items: PendingItem<Item, Result>[]): PendingItem<Item, Result>[] {
    const oldest = performance.now() - REMEMBERED_MS;
    for (const [row, failedAt] of this.lockedRows) if (failedAt < oldest) this.lockedRows.delete(row);
    return items.filter((pending) => {
      const rows = this.lockedRowsOf(pending);
      if (rows.length > 0) this.waitOrRefuse(pending, new RowLocked(rows));
      return rows.length === 0;
    });
  }

  /** @param error refusal of the item, with its locked rows */
  add(pending: PendingItem<Item, Result>, error: RowLocked) {
    for (const row of error.rows) this.lockedRows.set(row, performance.now());
    this.waitOrRefuse(pending, error);
  }

  /** An item waits once: after that, its caller decides when to try again. */
  private waitOrRefuse(pending: PendingItem<Item, Result>, error: RowLocked) {
    if (pending.hasWaited || this.waiting.length >= MAX_WAITING) return pending.reject(error);
    pending.hasWaited = true;
    this.waiting.push(pending);
    if (this.run) return;
    this.run = {};
    void this.checkRows(this.run);
    void this.waitForRows();
  }

  private async waitForRows() {
    while (this.waiting.length > 0) {
      const [row] = this.lockedRowsOf(this.waiting[0]!);
      this.rowWaitedFor = row;
      if (row !== undefined) await this.waitFor(row);
      this.handleFree();
    }
    this.rowWaitedFor = undefined;
    this.run = undefined;
  }

  /** Refuses the items that need the row, if it is still locked. */
  private async waitFor(row: string) {
    try {
      if (await this.locks.queries().waitFor(row)) this.lockedRows.delete(row);
      else {
        this.lockedRows.set(row, performance.now());
        this.refuse((rows) => rows.includes(row) && new RowLocked(rows));
      }
    } catch (error) {
      // The database is unavailable. The next batch finds out which rows are locked.
      this.lockedRows.clear();
      this.refuse(() => error);
    }
  }

  /** Ends with `waitForRows`, which also reports if the database is unavailable. */
  private async checkRows(run: object) {
    while (this.run === run) {
      const rows = new Set(this.waiting.flatMap((pending) => this.lockedRowsOf(pending)));
      rows.delete(this.rowWaitedFor!);
      if (rows.size > 0) {
        const locked = await this.locks
          .queries()
          .findLocked([...rows])
          .catch(() => rows);
        for (const row of rows) if (!locked.has(row)) this.lockedRows.delete(row);
        this.handleFree();
      }
      await sleep(CHECK_INTERVAL_MS);
    }
  }

  /** @param errorFor returns the error for an item with these locked rows; nothing if it is not refused */
  private refuse(errorFor: (rows: string[]) => unknown) {
    this.waiting = this.waiting.filter((pending) => {
      const error = errorFor(this.lockedRowsOf(pending));
      if (error) pending.reject(error);
      return !error;
    });
  }

  private handleFree() {
    const isFree = (pending: PendingItem<Item, Result>) => this.lockedRowsOf(pending).length === 0;
    const free = this.waiting.filter(isFree);
    this.waiting = this.waiting.filter((pending) => !isFree(pending));
    if (free.length > 0) this.handle(free);
  }

  private lockedRowsOf({ item }: PendingItem<Item, Result>): string[] {
    return this.locks.rowsOf(item).filter((row) => this.lockedRows.has(row));
  }
}
