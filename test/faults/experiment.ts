import { GUARANTEES_AT_ANY_TIME, summarizeFindings, type GuaranteeName } from './guarantees.js';
import { checkLedger } from './ledger.js';
import { ledgerFactsOf, waitUntilDrained } from './drain.js';
import type { DeadLetter } from './injector/broker.js';
import type { FaultInjector } from './injector/fault-injector.js';
import { findDoubleCharges } from './payment-ledger.js';
import { findStoredOrders } from './not-accepted.js';

/** A fault of the running system. */
export interface Fault {
  name: string;
  /** What the fault does, as a clause without a subject: `stops and starts RabbitMQ`. */
  description: string;
  /** Causes the fault, checks the guarantees that hold during the fault, and ends it. */
  inject(injector: FaultInjector, experiment: Experiment): Promise<void>;
  /** Seconds to drain in; 60 by default. More if the fault itself creates a large amount of work. */
  drainsWithin?: number;
}

/** A protocol step at which a fault was to be injected, and whether the app reached it. */
export interface InjectionPoint {
  name: string;
  hit: boolean;
}

export interface FaultResult {
  name: string;
  description: string;
  /** What was done and observed. */
  notes: string[];
  injectionPoints: InjectionPoint[];
  /** From the end of the fault until all earlier orders were finished; undefined if they were not finished in time. */
  drainedInSeconds?: number;
  seconds: number;
  violations: string[];
}

const DRAINS_WITHIN_SECONDS = 60;

/** Records one injection of a fault: what was done, what was observed, and which guarantees were violated. */
export class Experiment {
  readonly notes: string[] = [];
  readonly injectionPoints: InjectionPoint[] = [];
  readonly violations: string[] = [];
  private faultEndedAt?: number;
  private readonly expectedDeadLetters: ((deadLetter: DeadLetter) => boolean)[] = [];

  constructor(
    /** Whether waits are shorter and amounts smaller. */
    readonly short: boolean,
    private readonly printProgress: (text: string) => void,
  ) {}

  note(text: string) {
    this.notes.push(text);
    this.printProgress(`    ${text}`);
  }

  /** @param optional whether the app may never reach the point. Otherwise a point that was not hit is a violation. */
  recordInjectionPoint(name: string, hit: boolean, { optional = false } = {}) {
    this.injectionPoints.push({ name, hit });
    if (hit) return;
    if (optional) this.note(`not reached: ${name}`);
    else this.fail(`not hit: ${name}`);
  }

  /** Records the guarantee as violated if it does not hold. */
  expect(holds: boolean, guarantee: string) {
    if (!holds) this.fail(guarantee);
  }

  fail(violation: string) {
    this.violations.push(violation);
    this.printProgress(`    ✘ ${violation}`);
  }

  /** Records the guarantee as violated if `wait` rejects, as `until` does after its timeout. */
  async expectInTime<Result>(guarantee: string, wait: Promise<Result>): Promise<Result | undefined> {
    try {
      return await wait;
    } catch (error) {
      this.fail(`${guarantee}: ${(error as Error).message}`);
      return undefined;
    }
  }

  /** The time to drain counts from the first call. */
  faultEnded() {
    this.faultEndedAt ??= Date.now();
  }

  /** Dead letters that match are a correct result of the fault. */
  expectDeadLetters(matches: (deadLetter: DeadLetter) => boolean) {
    this.expectedDeadLetters.push(matches);
  }

  failForDeadLetters(unexpected: DeadLetter[]) {
    for (const line of summarizeDeadLetters(unexpected)) this.fail(line);
  }

  /** @returns seconds from the end of the fault until the system was drained; undefined if it was not drained in time */
  async finish(injector: FaultInjector, { drainsWithin = DRAINS_WITHIN_SECONDS }: Fault) {
    await injector.endFaults();
    this.faultEnded();
    const { isDrained, unfinished } = await waitUntilDrained(
      injector,
      this.faultEndedAt! + drainsWithin * 1_000,
    );
    const seconds = (Date.now() - this.faultEndedAt!) / 1_000;
    this.expect(isDrained, `not drained ${drainsWithin} s after the end of the fault: ${unfinished}`);
    const silentConnections = injector.apps.closeSilentConnections();
    if (silentConnections > 0 && !isDrained)
      this.note(`${silentConnections} silent connections were still in use; they are cut`);
    const deadLetters = await injector.broker.takeNewDeadLetters();
    this.failForDeadLetters(
      deadLetters.filter((deadLetter) => !this.expectedDeadLetters.some((matches) => matches(deadLetter))),
    );
    await this.checkLedger(injector, GUARANTEES_AT_ANY_TIME);
    await this.repeatRequests(injector);
    return isDrained ? seconds : undefined;
  }

  private async checkLedger(injector: FaultInjector, guarantees: readonly GuaranteeName[]) {
    const { findings } = await injector.database.inSnapshot((sql) =>
      checkLedger(sql, ledgerFactsOf(injector)),
    );
    findings['charged twice'] = findDoubleCharges(await injector.gateway.charges());
    for (const guarantee of guarantees) {
      const newFindings = findings[guarantee].filter((finding) => !injector.knownFindings.has(finding));
      for (const finding of newFindings) injector.knownFindings.add(finding);
      for (const line of summarizeFindings(guarantee, newFindings)) this.fail(line);
    }
  }

  /** Repeats the requests that were not accepted and have a key. Each must create one order, not two. */
  private async repeatRequests(injector: FaultInjector) {
    await findStoredOrders(injector);
    const repeated = await injector.load.repeatWithKeys();
    if (repeated > 0) await this.checkLedger(injector, ['lost', 'duplicated']);
  }
}

/** @returns a line for each reason, with one dead letter as an example */
export function summarizeDeadLetters(deadLetters: DeadLetter[]): string[] {
  const groups = new Map<string, DeadLetter[]>();
  for (const deadLetter of deadLetters) {
    const reason = deadLetter.reason.replaceAll(/\d+/g, '#');
    groups.set(reason, [...(groups.get(reason) ?? []), deadLetter]);
  }
  return [...groups.values()].map((group) => {
    const { reason, body } = group[0]!;
    return `dead letters: ${group.length}, such as ${reason}; ${body.toString().slice(0, 160)}`;
  });
}
