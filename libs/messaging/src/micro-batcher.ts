import { RowLocked } from '@estoque/database';
import { activeContext, isLockTimeout, kindOf, overloaded, withTraceContexts } from '@estoque/platform';
import { setImmediate as nextEventLoopTurn } from 'node:timers/promises';
import { LockedItems, type PendingItem, type RowLocks } from './locked-items.js';

/** How a batch treats rows that other sessions have locked: `skip`: it refuses their items with RowLocked. */
export type LockMode = 'wait' | 'skip';

interface Options<Item> {
  /** Items with the same key are never in one batch, so that the later one sees the effects of the earlier one. */
  keyOf?: (item: Item) => unknown;
  /** Maximum number of items in a batch. Default: 200. */
  maxSize?: number;
  locks?: RowLocks<Item>;
  /** Maximum number of items that wait for a batch. Default: no limit. */
  maxPending?: number;
  /** No item is accepted while another one waits for longer than this. Default: no limit. */
  maxWaitMs?: number;
}

/**
 * Collects the items of concurrent callers into batches, so that many callers share one transaction.
 *
 * While a batch is handled, new items form the next one. There is no timer: a single item on an idle system does not
 * wait, and under load one transaction replaces up to `maxSize` of them.
 *
 * If a batch waits too long for a lock, it is handled again without the items whose rows are locked. Those wait apart
 * (LockedItems), and so do later items with these rows: they do not make a further batch wait.
 */
export class MicroBatcher<Item, Result> {
  private pending: PendingItem<Item, Result>[] = [];
  private isRunning = false;
  private readonly lockedItems?: LockedItems<Item, Result>;

  /**
   * @param handleBatch gets the items in the order of their calls and returns a result for each, in the same order: an
   *   `Error` if that item is refused. If it throws, it must have had no effect, or `outcome_unknown`. If the error is
   *   of kind `unavailable`, all items of the batch are rejected with it. After any other error, each item is handled
   *   in its own batch, so that one bad item does not fail the others.
   */
  constructor(
    private readonly handleBatch: (items: Item[], lockMode: LockMode) => Promise<(Result | Error)[]>,
    private readonly options: Options<Item> = {},
  ) {
    if (options.locks) this.lockedItems = new LockedItems(options.locks, (items) => this.enqueueAgain(items));
  }

  /**
   * Resolves when the item is handled.
   *
   * @param isAbandoned called when the item's batch is formed; if true, the item is dropped: its caller no longer waits
   * @throws the `Error` that `handleBatch` returns for the item, or throws
   * @throws AppError `overloaded` if too many items wait, or for too long, or if the item was dropped. It has had no effect
   */
  add(item: Item, isAbandoned?: () => boolean): Promise<Result> {
    const addedAt = performance.now();
    if (this.isOverloaded(addedAt)) return Promise.reject(overloaded());
    return new Promise((resolve, reject) =>
      this.enqueue({ item, traceContext: activeContext(), resolve, reject, isAbandoned, addedAt }),
    );
  }

  /** Number of items that wait for a batch, without those that wait for a locked row. */
  get pendingCount(): number {
    return this.pending.length;
  }

  private enqueue(...items: PendingItem<Item, Result>[]) {
    this.pending.push(...items);
    if (!this.isRunning) void this.handlePending();
  }

  /** The time that the items waited for a lock says nothing about the load. */
  private enqueueAgain(items: PendingItem<Item, Result>[]) {
    const addedAt = performance.now();
    this.enqueue(...items.map((item) => ({ ...item, addedAt })));
  }

  private isOverloaded(now: number): boolean {
    const { maxPending = Infinity, maxWaitMs = Infinity } = this.options;
    const oldest = this.pending[0];
    return oldest !== undefined && (this.pending.length >= maxPending || now - oldest.addedAt > maxWaitMs);
  }

  private async handlePending() {
    this.isRunning = true;
    // Items that arrive in the same turn of the event loop, for example with one read of a socket, join the batch.
    await nextEventLoopTurn();
    while (this.pending.length > 0) {
      if (this.lockedItems?.hasLockedRows) this.pending = this.lockedItems.divert(this.pending);
      const batch = this.takeBatch().filter(isWanted);
      if (batch.length > 0) await this.handle(batch);
    }
    this.isRunning = false;
  }

  private takeBatch(): PendingItem<Item, Result>[] {
    const { keyOf, maxSize = 200 } = this.options;
    if (!keyOf) return this.pending.splice(0, maxSize);
    const keys = new Set<unknown>();
    const batch: PendingItem<Item, Result>[] = [];
    const later: PendingItem<Item, Result>[] = [];
    for (const pending of this.pending) {
      const key = keyOf(pending.item);
      if (batch.length === maxSize || keys.has(key)) later.push(pending);
      else batch.push(pending);
      keys.add(key);
    }
    this.pending = later;
    return batch;
  }

  private async handle(batch: PendingItem<Item, Result>[]) {
    const error = await this.tryBatch(batch, 'wait');
    if (error === undefined) return;
    if (this.lockedItems && isLockTimeout(error)) return this.handleWithoutLocked(batch);
    await this.handleFailed(batch, error);
  }

  /** If a batch of one item has failed, or the database is unavailable, the items would fail one by one as well. */
  private async handleFailed(batch: PendingItem<Item, Result>[], error: unknown) {
    if (batch.length === 1 || kindOf(error) === 'unavailable') for (const { reject } of batch) reject(error);
    else for (const item of batch) await this.handle([item]);
  }

  /**
   * If this waits too long as well, the lock is one that skipping does not find, for example on a row that no item
   * names. The batch is then divided until the item that waits is found.
   */
  private async handleWithoutLocked(batch: PendingItem<Item, Result>[]): Promise<void> {
    const error = await this.tryBatch(batch, 'skip');
    if (error === undefined) return;
    if (!isLockTimeout(error) || batch.length === 1) return this.handleFailed(batch, error);
    const middle = Math.ceil(batch.length / 2);
    await this.handleWithoutLocked(batch.slice(0, middle));
    await this.handleWithoutLocked(batch.slice(middle));
  }

  /** @returns the error if the batch failed as a whole; its items are then neither resolved nor rejected */
  private async tryBatch(batch: PendingItem<Item, Result>[], lockMode: LockMode): Promise<unknown> {
    try {
      const results = await withTraceContexts(
        () => new Map(batch.map(({ item, traceContext }) => [item, traceContext])),
        () =>
          this.handleBatch(
            batch.map(({ item }) => item),
            lockMode,
          ),
      );
      batch.forEach((pending, index) => {
        const result = results[index]!;
        if (result instanceof RowLocked && this.lockedItems) this.lockedItems.add(pending, result);
        else if (result instanceof Error) pending.reject(result);
        else pending.resolve(result);
      });
      return undefined;
    } catch (error) {
      return error ?? new Error('rejected without an error');
    }
  }
}

/** @returns false, and rejects the item, if its caller no longer waits */
function isWanted<Item, Result>({ isAbandoned, reject }: PendingItem<Item, Result>): boolean {
  if (!isAbandoned?.()) return true;
  reject(overloaded());
  return false;
}
