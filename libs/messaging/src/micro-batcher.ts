import { activeContext, kindOf, overloaded, withTraceContexts } from '@estoque/platform';
import { setImmediate as nextEventLoopTurn } from 'node:timers/promises';

interface PendingItem<Item, Result> {
  item: Item;
  /** Trace context of the caller. */
  traceContext: ReturnType<typeof activeContext>;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
  isAbandoned?: () => boolean;
  addedAt: number;
}

interface Options<Item> {
  /** Items with the same key are never in one batch, so that the later one sees the effects of the earlier one. */
  keyOf?: (item: Item) => unknown;
  /** Maximum number of items in a batch. Default: 200. */
  maxSize?: number;
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
 */
export class MicroBatcher<Item, Result> {
  private pending: PendingItem<Item, Result>[] = [];
  private isRunning = false;

  /**
   * @param handleBatch gets the items in the order of their calls and returns a result for each, in the same order: an
   *   `Error` if that item is refused. If it throws, it must have had no effect. If the error is of kind `unavailable`,
   *   all items of the batch are rejected with it. After any other error, each item is handled in its own batch, so
   *   that one bad item does not fail the others.
   */
  constructor(
    private readonly handleBatch: (items: Item[]) => Promise<(Result | Error)[]>,
    private readonly options: Options<Item> = {},
  ) {}

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
    return new Promise((resolve, reject) => {
      this.pending.push({ item, traceContext: activeContext(), resolve, reject, isAbandoned, addedAt });
      if (!this.isRunning) void this.handlePending();
    });
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
      const batch = this.takeBatch().filter(isWanted);
      if (batch.length === 0 || (await this.tryBatch(batch))) continue;
      for (const item of batch) await this.tryBatch([item]);
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

  /** @returns false if the batch failed as a whole and its items should be handled one by one */
  private async tryBatch(batch: PendingItem<Item, Result>[]): Promise<boolean> {
    try {
      const results = await withTraceContexts(
        () => new Map(batch.map(({ item, traceContext }) => [item, traceContext])),
        () => this.handleBatch(batch.map(({ item }) => item)),
      );
      batch.forEach(({ resolve, reject }, index) => {
        const result = results[index]!;
        if (result instanceof Error) reject(result);
        else resolve(result);
      });
    } catch (error) {
      // If the database is unavailable, the items would fail one by one as well.
      if (batch.length > 1 && kindOf(error) !== 'unavailable') return false;
      for (const { reject } of batch) reject(error);
    }
    return true;
  }
}

/** @returns false, and rejects the item, if its caller no longer waits */
function isWanted<Item, Result>({ isAbandoned, reject }: PendingItem<Item, Result>): boolean {
  if (!isAbandoned?.()) return true;
  reject(overloaded());
  return false;
}
