import { readFileSync } from 'node:fs';
import { CLUSTER_FAULTS } from './cluster.js';
import { FAULTS, ONLY_BY_NAME } from './faults.js';
import { drawLedger, drawMails, PROMISES, PROMISES_AT_REST, type Ledger } from './ledger.js';
import { DOMAIN, FaultInjector, type FaultInjectorOptions } from './fault-injector.js';
import { drain, factsOf, inGroups, Trial, type Fault, type Result } from './trial.js';

export interface RunOptions extends FaultInjectorOptions {
  /** Names of faults; all where it is empty. */
  only: string[];
  /** Random faults until so many minutes are over. */
  minutes: number;
  /** Orders in a second, all the while. */
  rate: number;
  /** Shorter waits, smaller masses. */
  short: boolean;
}

export interface Report {
  seed: number;
  rate: number;
  minutes: number;
  results: Result[];
  ledger: Ledger;
  /** Sent, and never answered; those among them that are orders all the same. */
  unanswered: { asked: number; found: number };
  mails: { sent: number; duplicate: number };
  /** Messages of the whole day that were delivered once more at the end. */
  replayed: number;
  deadlocks: number;
  drainedInSeconds?: number;
  broken: string[];
}

/** @throws where a name is of none */
export function faultsNamed(names: string[], cluster = false): Fault[] {
  const all = cluster ? CLUSTER_FAULTS : FAULTS;
  const known = cluster ? all : [...all, ...ONLY_BY_NAME];
  const unknown = names.filter((name) => !known.some((fault) => fault.name === name));
  if (unknown.length > 0)
    throw new Error(
      `No fault is called ${unknown.join(', ')}. There are: ${known.map(({ name }) => name).join(', ')}`,
    );
  return names.length === 0 ? all : known.filter(({ name }) => names.includes(name));
}

/** One round of all faults, then random ones, then the whole day once more, and the ledger. */
export async function runFaults(options: RunOptions): Promise<Report> {
  const { say, minutes, rate, short } = options;
  const faults = faultsNamed(options.only, options.cluster);
  const from = Date.now();
  const rig = await FaultInjector.start(options);
  try {
    say(`everything runs; seed ${options.seed}, ${rate} orders/s`);
    rig.resumeLoad(rate);
    const results: Result[] = [];
    for (const fault of faults) results.push(await tryFault(rig, fault, short, say));
    while (Date.now() - from < minutes * 60_000)
      results.push(await tryFault(rig, rig.random.pick(faults), short, say));
    return {
      ...(await close(rig, say)),
      seed: options.seed,
      rate,
      minutes: (Date.now() - from) / 60_000,
      results,
    };
  } finally {
    await rig.stop();
  }
}

async function tryFault(
  rig: FaultInjector,
  fault: Fault,
  short: boolean,
  say: RunOptions['say'],
): Promise<Result> {
  const from = Date.now();
  say(`${fault.name}: ${fault.breaks}`);
  const trial = new Trial(short, say);
  await fault
    .run(rig, trial)
    .catch((error: Error) => trial.expect(false, `it could not be tried: ${error.message}`));
  rig.resumeLoad();
  const drainedInSeconds = await trial.finish(rig, fault).catch((error: Error) => {
    trial.expect(false, `it could not be looked at: ${error.message}`);
    return undefined;
  });
  const { name, breaks } = fault;
  const { notes, steps, broken } = trial;
  const seconds = (Date.now() - from) / 1_000;
  const drained =
    drainedInSeconds === undefined ? 'not drained' : `drained in ${drainedInSeconds.toFixed(1)} s`;
  say(`${broken.length === 0 ? '✔' : '✘'} ${name}: mended, ${drained} (${seconds.toFixed(0)} s in all)`);
  return { name, breaks, notes, steps, drainedInSeconds, seconds, broken };
}

const CLOSES_WITHIN_MS = 120_000;

async function close(rig: FaultInjector, say: RunOptions['say']) {
  await rig.load.stop();
  const from = Date.now();
  // Now nothing is excused any more.
  rig.givenUp.clear();
  const first = await drain(rig, from + CLOSES_WITHIN_MS, { emptyQueues: true });
  const drainedInSeconds = first.done ? (Date.now() - from) / 1_000 : undefined;
  const day = rig.random.shuffle([...rig.day.values()]);
  say(`the whole day once more: ${day.length} messages`);
  await rig.publish(day);
  const second = await drain(rig, Date.now() + CLOSES_WITHIN_MS + day.length * 20, { emptyQueues: true });
  const ledger = await rig.snapshot(async (sql) => {
    const drawn = await drawLedger(sql, factsOf(rig));
    const mails = await drawMails(sql, {
      mails: rig.sink.mails,
      disruptions: rig.disruptions,
      domain: DOMAIN,
      refused: /^refused-/,
    });
    const { findings } = drawn;
    findings.untold = findings.untold.concat(mails.untold);
    findings.mails = findings.mails.concat(mails.mails);
    return { ...drawn, duplicateMails: mails.duplicateMails };
  });
  const unanswered = rig.load.placed.filter(({ id }) => id === undefined);
  const [found] = await rig.sql<{ count: number }>(
    'SELECT count(*)::int AS count FROM orders WHERE customer_email = ANY($1)',
    [unanswered.map(({ email }) => email)],
  );
  const deadlocks = readFileSync(rig.logOf('postgres'), 'utf8').split('deadlock detected').length - 1;
  const broken = [...PROMISES, ...PROMISES_AT_REST].flatMap((promised) =>
    ledger.findings[promised].map((line) => `${promised}: ${line}`),
  );
  if (!first.done) broken.push(`not drained at the end: ${first.left}`);
  if (!second.done) broken.push(`not drained after the day was repeated: ${second.left}`);
  if (deadlocks > 0) broken.push(`${deadlocks} deadlocks`);
  broken.push(...inGroups(await rig.newDeadLetters()));
  return {
    ledger,
    unanswered: { asked: unanswered.length, found: found!.count },
    mails: { sent: rig.sink.mails.length, duplicate: ledger.duplicateMails },
    replayed: day.length,
    deadlocks,
    drainedInSeconds,
    broken,
  };
}
