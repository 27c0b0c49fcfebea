import { setTimeout as sleep } from 'node:timers/promises';
import { drawLedger, PROMISES } from './ledger.js';
import type { DeadLetter, FaultInjector } from './fault-injector.js';

/** One thing that is broken on purpose. */
export interface Fault {
  name: string;
  /** In a few words. */
  breaks: string;
  /** Breaks it, looks at what is promised meanwhile, and mends it. */
  run(rig: FaultInjector, trial: Trial): Promise<void>;
  /** Longer than the 60 s that everything else is promised to drain in, where the fault itself is a mass of work. */
  drainsWithin?: number;
}

export interface Step {
  step: string;
  hit: boolean;
}

export interface Result {
  name: string;
  breaks: string;
  /** What was done and seen. */
  notes: string[];
  /** The steps that were to be hit. */
  steps: Step[];
  /** From mending until everything accepted before was done; undefined where it never was. */
  drainedInSeconds?: number;
  seconds: number;
  /** Broken promises. */
  broken: string[];
}

const DRAINS_WITHIN_SECONDS = 60;

/** One fault being tried. */
export class Trial {
  readonly notes: string[] = [];
  readonly steps: Step[] = [];
  readonly broken: string[] = [];
  private mendedAt?: number;
  private readonly expected: ((letter: DeadLetter) => boolean)[] = [];

  constructor(
    readonly short: boolean,
    private readonly say: (text: string) => void,
  ) {}

  did(what: string) {
    this.notes.push(what);
    this.say(`    ${what}`);
  }

  step(step: string, hit: boolean) {
    this.steps.push({ step, hit });
    if (!hit) this.expect(false, `not hit: ${step}`);
  }

  expect(holds: boolean, promise: string) {
    if (holds) return;
    this.broken.push(promise);
    this.say(`    ✘ ${promise}`);
  }

  /** Something that a promise needs within its time; a wait that is in vain breaks it. */
  async inTime<Result>(promise: string, wait: Promise<Result>): Promise<Result | undefined> {
    try {
      return await wait;
    } catch (error) {
      this.expect(false, `${promise}: ${(error as Error).message}`);
      return undefined;
    }
  }

  /** From here on the time to drain counts. */
  mended() {
    this.mendedAt ??= Date.now();
  }

  /** Such a message belongs among the dead letters. */
  expectDead(letter: (letter: DeadLetter) => boolean) {
    this.expected.push(letter);
  }

  /** Dead letters that should not be there. */
  buried(letters: DeadLetter[]) {
    for (const line of inGroups(letters)) this.expect(false, line);
  }

  async finish(rig: FaultInjector, { drainsWithin = DRAINS_WITHIN_SECONDS }: Fault) {
    await rig.heal();
    this.mended();
    const drained = await drain(rig, this.mendedAt! + drainsWithin * 1_000);
    const seconds = (Date.now() - this.mendedAt!) / 1_000;
    this.expect(drained.done, `not drained ${drainsWithin} s after it was mended: ${drained.left}`);
    const held = rig.buryTheSilent();
    if (held > 0 && !drained.done)
      this.did(`${held} connections that went silent were still in use; they are cut`);
    const letters = await rig.newDeadLetters();
    this.buried(letters.filter((letter) => !this.expected.some((each) => each(letter))));
    const { findings } = await rig.snapshot((sql) => drawLedger(sql, factsOf(rig)));
    for (const promised of PROMISES)
      for (const line of findings[promised]) this.expect(false, `${promised}: ${line}`);
    return drained.done ? seconds : undefined;
  }
}

/** A line for each kind of reason, with one letter as an example. */
export function inGroups(letters: DeadLetter[]): string[] {
  const groups = new Map<string, DeadLetter[]>();
  for (const letter of letters) {
    const kind = letter.reason.replaceAll(/\d+/g, '#');
    groups.set(kind, [...(groups.get(kind) ?? []), letter]);
  }
  return [...groups.values()].map(
    (group) =>
      `dead letters: ${group.length}, such as ${group[0]!.reason}; ${group[0]!.body.toString().slice(0, 160)}`,
  );
}

export function factsOf({ load, opening }: FaultInjector) {
  return { accepted: load.accepted.map(({ id }) => id!), opening };
}

/**
 * Waits until everything is done that was there when it was called, while the load goes on. What earlier faults
 * left undone is theirs.
 *
 * @param emptyQueues whether the work queues are to be empty too, as they can be without load
 */
export async function drain(
  rig: FaultInjector,
  deadline: number,
  { emptyQueues = false } = {},
): Promise<{ done: boolean; left: string }> {
  const [mark] = await rig.sql<{ orders: string; outbox: string }>(
    `SELECT coalesce((SELECT max(id) FROM orders), 0) AS orders, coalesce((SELECT max(id) FROM outbox), 0) AS outbox`,
  );
  for (;;) {
    const [left] = await rig.sql<{ orders: number[]; outbox: number; untold: number[] }>(
      `SELECT ARRAY(SELECT id::int FROM orders WHERE id <= $1 AND id <> ALL ($3) AND status IN ('pending', 'reserved')) AS orders,
              (SELECT count(*)::int FROM outbox WHERE id <= $2) AS outbox,
              ARRAY(SELECT id::int FROM orders WHERE id <= $1 AND id <> ALL ($3) AND status IN ('processed', 'rejected')
                AND NOT EXISTS (SELECT 1 FROM notifications WHERE order_id = orders.id AND state <> 'pending')) AS untold`,
      [mark!.orders, mark!.outbox, [...rig.givenUp]],
    );
    const { orders, outbox, untold } = left!;
    const some = (ids: number[]) =>
      `${ids.length}${ids.length > 0 ? ` (${ids.slice(0, 5).join(', ')})` : ''}`;
    const text = `${some(orders)} orders not final, ${some(untold)} not told, ${outbox} events in the outbox`;
    const isDone = orders.length + outbox + untold.length === 0;
    if (isDone && (!emptyQueues || (await rig.waiting()) === 0)) return { done: true, left: '' };
    if (Date.now() > deadline) {
      for (const id of [...orders, ...untold]) rig.givenUp.add(id);
      return { done: false, left: isDone ? `${await rig.waiting()} messages in the queues` : text };
    }
    await sleep(200);
  }
}
