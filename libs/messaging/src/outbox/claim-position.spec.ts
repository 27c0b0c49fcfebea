import { ClaimPosition, type ClaimedPage } from './claim-position.js';

const SECOND = 1_000_000;

describe('ClaimPosition', () => {
  let milliseconds: number;
  let position: ClaimPosition;
  beforeEach(() => {
    milliseconds = 0;
    position = new ClaimPosition({ clock: () => milliseconds });
  });

  /** Runs a pass of one page, `seconds` after the last one. @returns where it started and whether it was recorded */
  function pass(now: number, values: Partial<ClaimedPage> = {}, seconds = 1) {
    milliseconds += seconds * 1_000;
    const { from, record } = position.startPass();
    const page = { now, examined_to: now, left_from: null, xmin: 101, xid: 100, ...values };
    return { from, recorded: record(page, milliseconds) };
  }

  it('starts with a pass through all rows, and continues where the last pass ended, less the overlap', () => {
    expect(pass(100 * SECOND).from).toBe(0);
    expect(pass(101 * SECOND).from).toBe(98 * SECOND);
    expect(pass(102 * SECOND).from).toBe(99 * SECOND);
  });

  it('does not move past a row that was not claimed', () => {
    pass(100 * SECOND, { left_from: 40 * SECOND });
    expect(pass(101 * SECOND).from).toBe(40 * SECOND);
  });

  it('does not move past the end of a page if the pass ended early', () => {
    pass(100 * SECOND, { examined_to: 30 * SECOND });
    expect(pass(101 * SECOND).from).toBe(28 * SECOND);
  });

  it('examines the rows of long transactions every 30 s, from the last time that is proved', () => {
    pass(100 * SECOND, { xid: 200 });
    // Transaction 150 still runs: nothing is proved.
    expect(pass(130 * SECOND, { xmin: 150, xid: 300 }, 30).from).toBe(0);
    // Everything that ran at 100 s is finished, so this pass proves the time until then.
    expect(pass(160 * SECOND, { xmin: 201, xid: 400 }, 30).from).toBe(0);
    expect(pass(161 * SECOND, { xmin: 350 }).from).toBe(158 * SECOND);
    expect(pass(191 * SECOND, { xmin: 401, xid: 500 }, 30).from).toBe(98 * SECOND);
    expect(pass(221 * SECOND, { xmin: 501, xid: 600 }, 30).from).toBe(158 * SECOND);
  });

  it('proves nothing beyond a row that was not claimed', () => {
    pass(100 * SECOND, { xid: 200 });
    pass(130 * SECOND, { xmin: 201, xid: 300, left_from: 50 * SECOND }, 30);
    expect(pass(160 * SECOND, { xmin: 300, xid: 400 }, 30).from).toBe(50 * SECOND);
  });

  it('moves back by the time by which the clock of the database was set back', () => {
    pass(100 * SECOND);
    expect(pass(101 * SECOND, {}, 20).recorded).toBe(false);
    // The clock shows 19 s less than expected. Rows since the last pass can have a lease end from 81 s on.
    expect(position.lowest).toBeLessThanOrEqual(81 * SECOND);
    const { from, recorded } = pass(102 * SECOND);
    expect([from! <= 81 * SECOND, recorded]).toEqual([true, true]);
  });

  it('examines the rows of the last minute if the first pass failed, and tries the first pass again after 30 s', () => {
    expect(position.startPass().from).toBe(0);
    milliseconds += 1_000;
    expect(position.startPass().from).toBeUndefined();
    milliseconds += 30_000;
    expect(position.startPass().from).toBe(0);
  });
});
