import { activeContext, withTraceContexts, kindOf } from '@estoque/platform';
import { setImmediate as thisTurnOfTheLoop } from 'node:timers/promises';

interface Waiting<Item, Result> {
  item: Item;
  /** The trace that its caller is part of. */
  cause: ReturnType<typeof activeContext>;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

interface Options<Item> {
  /** Two items with the same key are never in one batch: the second sees what the first has done. */
  keyOf?: (item: Item) => unknown;
  /** Items in a batch. */
  maxSize?: number;
}

/**
 * Many callers, one piece of work: while a batch is worked on, the calls that come in form the next one. There is no
 * timer, so an idle system waits for nothing, and a busy one pays for one transaction where it had two hundred.
 *
 * `work` gets the items in the order of their calls and answers each in its place, with an `Error` where that item is
 * refused. Where it throws, nothing is done for any of them, and each is tried by itself: no neighbour goes down with
 * a bad one.
 */
export class MicroBatcher<Item, Result> {
  private waiting: Waiting<Item, Result>[] = [];
  private working = false;

  constructor(
    private readonly work: (items: Item[]) => Promise<(Result | Error)[]>,
    private readonly options: Options<Item> = {},
  ) {}

  /** Resolves when the batch of this item is done. @throws what `work` answers for it, or throws when it is alone */
  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, cause: activeContext(), resolve, reject });
      if (!this.working) void this.workOff();
    });
  }

  private async workOff() {
    this.working = true;
    // What the same read from the sockets brought along belongs to it as well.
    await thisTurnOfTheLoop();
    while (this.waiting.length > 0) {
      const batch = this.take();
      if (await this.tryTogether(batch)) continue;
      for (const one of batch) await this.tryTogether([one]);
    }
    this.working = false;
  }

  private take(): Waiting<Item, Result>[] {
    const { keyOf, maxSize: most = 200 } = this.options;
    if (!keyOf) return this.waiting.splice(0, most);
    const keys = new Set<unknown>();
    const batch: Waiting<Item, Result>[] = [];
    const later: Waiting<Item, Result>[] = [];
    for (const each of this.waiting) {
      const key = keyOf(each.item);
      if (batch.length === most || keys.has(key)) later.push(each);
      else batch.push(each);
      keys.add(key);
    }
    this.waiting = later;
    return batch;
  }

  /** @returns false where they failed together and may do better one by one */
  private async tryTogether(batch: Waiting<Item, Result>[]): Promise<boolean> {
    try {
      const answers = await withTraceContexts(
        () => new Map(batch.map(({ item, cause }) => [item, cause])),
        () => this.work(batch.map(({ item }) => item)),
      );
      batch.forEach(({ resolve, reject }, index) => {
        const answer = answers[index]!;
        if (answer instanceof Error) reject(answer);
        else resolve(answer);
      });
    } catch (error) {
      // Where the database is away it is so for each of them.
      if (batch.length > 1 && kindOf(error) !== 'unavailable') return false;
      for (const { reject } of batch) reject(error);
    }
    return true;
  }
}
