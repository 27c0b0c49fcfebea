import { RowLocked } from '@estoque/database';
import type { activeContext } from '@estoque/platform';

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

/** What a batcher needs to know about the database rows of its items. */
export interface RowLocks<Item> {
  /** The rows that handling the item locks, as text. Called only after a lock timeout. */
  rowsOf: (item: Item) => string[];
  /** Waits for the row, with nothing else locked. @returns false if another session still holds it */
  waitFor: (row: string) => Promise<boolean>;
}

/** A row counts as locked for this long after a wait for it failed. */
const REMEMBERED_MS = 10_000;
/** Further items are refused immediately: they would only fill the prefetch window. */
const MAX_WAITING = 50;

/**
 * The items of a MicroBatcher that need a row which another session has locked for longer than the lock timeout.
 *
 * They wait here, so that batches of other items do not wait with them. One row at a time is waited for, by one session
 * with nothing else locked. If it is free, its items are handled in the next batch; otherwise they are refused with
 * RowLocked: the caller tries again later.
 */
export class LockedItems<Item, Result> {
  /** Time of `performance.now()` at which a wait for the row last failed, by row. */
  private readonly lockedRows = new Map<string, number>();
  private waiting: PendingItem<Item, Result>[] = [];
  private isWaitingForRow = false;

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
    if (!this.isWaitingForRow) void this.waitForRows();
  }

  private async waitForRows() {
    this.isWaitingForRow = true;
    while (this.waiting.length > 0) {
      const [row] = this.lockedRowsOf(this.waiting[0]!);
      if (row !== undefined) await this.waitFor(row);
      this.handleFree();
    }
    this.isWaitingForRow = false;
  }

  /** Refuses the items that need the row, if it is still locked. */
  private async waitFor(row: string) {
    try {
      if (await this.locks.waitFor(row)) this.lockedRows.delete(row);
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
