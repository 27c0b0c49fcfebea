/** Delay until a published row is deleted. After a crash, events published within this time are published again. */
const DELAY_MS = 1_000;
/** When this many rows are scheduled, they are deleted without waiting for the delay. */
const BATCH_SIZE = 500;

/** Deletes published rows in batches: each deletion is a commit, and no caller waits for it. */
export class DeferredDeletion {
  private ids: number[] = [];
  private timer?: NodeJS.Timeout;
  private lastDeletion: Promise<unknown> = Promise.resolve();

  /** @param deleteRows must not reject */
  constructor(private readonly deleteRows: (ids: number[]) => Promise<unknown>) {}

  schedule(id: number) {
    if (this.ids.push(id) >= BATCH_SIZE) void this.flush();
    else this.timer ??= setTimeout(() => void this.flush(), DELAY_MS);
  }

  /** Deletes all scheduled rows now. Resolves when this and all earlier deletions are done. */
  flush(): Promise<unknown> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const ids = this.ids;
    this.ids = [];
    if (ids.length > 0) this.lastDeletion = this.lastDeletion.then(() => this.deleteRows(ids));
    return this.lastDeletion;
  }
}
