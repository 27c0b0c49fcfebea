import type { SqlClient } from '@estoque/database';
import { AppError } from '@estoque/platform';

/** Maximum sum of the bodies of all open dead letters. */
export const MAX_OPEN_BODY_BYTES = 1024 ** 3;
/** How long a measurement is used; dead letters that this process stores meanwhile are added to it. */
const MEASUREMENT_VALID_MS = 10_000;

/**
 * Limits the open dead letters. Above the limit none is stored: messages wait in the dead letter queue until others are
 * replayed or discarded. Several processes can exceed the limit together by what they store between two measurements.
 */
export class DeadLetterCapacity {
  private count = 0;
  private bytes = 0;
  /** Time of the last measurement, by `performance.now()`. */
  private measuredAt = -Infinity;

  /** @param maxOpen maximum number of open dead letters */
  constructor(
    private readonly sql: SqlClient,
    private readonly maxOpen: number,
  ) {}

  /**
   * Reserves space for one dead letter.
   *
   * @throws AppError `dead_letters_full`, of kind `unavailable`: the caller keeps the message and tries again later
   */
  async reserve(bodyBytes: number) {
    // A full table is measured again for each message, so that collection resumes as soon as there is space.
    if (this.isFull || performance.now() - this.measuredAt > MEASUREMENT_VALID_MS) await this.measure();
    if (this.isFull)
      throw new AppError(
        'unavailable',
        'dead_letters_full',
        `${this.count} dead letters with ${this.bytes} bytes are open; the limits are ${this.maxOpen} and ${MAX_OPEN_BODY_BYTES}`,
      );
    this.count += 1;
    this.bytes += bodyBytes;
  }

  private get isFull() {
    return this.count >= this.maxOpen || this.bytes >= MAX_OPEN_BODY_BYTES;
  }

  private async measure() {
    const [row] = await this.sql.query<{ count: number; bytes: number }>(
      `SELECT count(*)::int AS count, coalesce(sum(octet_length(body)), 0)::float8 AS bytes
       FROM dead_letters WHERE state = 'open'`,
    );
    this.count = row!.count;
    this.bytes = row!.bytes;
    this.measuredAt = performance.now();
  }
}
