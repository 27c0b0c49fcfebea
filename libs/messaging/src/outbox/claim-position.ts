/** Times in this file are microseconds since 1970 by the database's clock. */
const SECOND = 1_000_000;
/** Smaller steps of the database's clock are not detected. */
const MIN_STEP = SECOND;

export interface ClaimPositionOptions {
  /**
   * In seconds. Rows whose lease ended this long before the last poll are examined once more, because their transaction
   * may have committed after that poll. It also covers small steps of the clock.
   */
  overlapSeconds?: number;
  /** In seconds. A pass from the settled position examines the rows of transactions that took longer than the overlap. */
  settledPassInterval?: number;
  /** A monotonic clock in milliseconds. */
  clock?: () => number;
}

/** What one page of a pass found. */
export interface ClaimedPage {
  /** Start of the statement. */
  now: number;
  /** Every row whose lease ended before this time was examined: the end of the page, or `now` on the last page. */
  examined_to: number;
  /** Earliest lease end of the rows that were examined and not claimed; null if all were claimed. */
  left_from: number | null;
  /** Transactions with a lower id were finished when the statement started. */
  xmin: number;
  /** Id of the statement's own transaction, if the page was asked for it: those that wrote before have lower ids. */
  xid: number | null;
}

/**
 * Remembers up to which lease end the outbox was examined, so that a poll reads neither the rows before it nor their
 * dead versions (docs/adr/0021).
 *
 * The recent position is where the last pass ended, less an overlap. The settled position is proved: every transaction
 * that could still have written a row before it was finished when the rows after it were read.
 */
export class ClaimPosition {
  /** Undefined until the first page is recorded. */
  private recent?: number;
  private settled = 0;
  /** Start of an earlier pass, with its transaction id. */
  private checkpoint?: { time: number; xid: number };
  private nextSettledPass = 0;
  private lastPage?: { now: number; receivedAt: number };

  private readonly overlap: number;
  private readonly settledPassIntervalMs: number;
  readonly clock: () => number;

  constructor({
    overlapSeconds = 2,
    settledPassInterval = 30,
    clock = () => performance.now(),
  }: ClaimPositionOptions = {}) {
    this.overlap = overlapSeconds * SECOND;
    this.settledPassIntervalMs = settledPassInterval * 1_000;
    this.clock = clock;
  }

  /** Lower bound of the lease ends of all rows, except those of transactions that took longer than the overlap. */
  get lowest(): number {
    return this.recent ?? 0;
  }

  /**
   * Starts a pass.
   *
   * @returns `from`, the earliest lease end to examine, or undefined for the last minute: the first pass failed.
   * `isSettledPass`: the first page needs a transaction id. `record` takes each page, and returns false if the clock was
   * set back, so that the pass must end
   */
  startPass() {
    const startedAt = this.clock();
    const isSettledPass = startedAt >= this.nextSettledPass;
    // Also if the pass fails: it may have found too many dead rows, and recent rows must not wait for it.
    if (isSettledPass) this.nextSettledPass = startedAt + this.settledPassIntervalMs;
    const from = isSettledPass ? this.settled : this.recent;
    let proved: number | undefined;
    let leftFrom = Infinity;
    const record = (page: ClaimedPage, sentAt: number): boolean => {
      if (this.detectClockStep(page.now, sentAt)) return false;
      leftFrom = Math.min(leftFrom, page.left_from ?? Infinity);
      this.recent = Math.max(from ?? 0, Math.min(leftFrom, page.examined_to - this.overlap));
      if (isSettledPass) {
        proved ??= this.prove(page);
        this.settled = Math.max(this.settled, Math.min(proved, leftFrom, page.examined_to));
      }
      return true;
    };
    return { from, isSettledPass, record };
  }

  /** @returns the time before which no running transaction can have written a row, from the first page of a pass */
  private prove({ now, xmin, xid }: ClaimedPage): number {
    const last = this.checkpoint;
    if (last && xmin <= last.xid) return this.settled;
    this.checkpoint = { time: now, xid: xid! };
    return last ? last.time - this.overlap : this.settled;
  }

  /**
   * A clock that was set back, for example by a failover to another server, gives new rows a lease end before the
   * positions. Moves them back by the same time. @returns whether it was set back
   */
  private detectClockStep(now: number, sentAt: number): boolean {
    const last = this.lastPage;
    this.lastPage = { now, receivedAt: this.clock() };
    if (!last) return false;
    const step = last.now + (sentAt - last.receivedAt) * 1_000 - now;
    if (step < MIN_STEP) return false;
    this.recent = Math.max(0, Math.min(this.recent ?? 0, last.now) - step - this.overlap);
    this.settled = Math.max(0, this.settled - step);
    this.checkpoint = undefined;
    this.nextSettledPass = 0;
    return true;
  }
}
