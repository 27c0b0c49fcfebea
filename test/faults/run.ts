import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestRun } from '../../tools/infrastructure/test-run.js';
import { ledgerFactsOf, waitUntilDrained } from './drain.js';
import { Experiment, summarizeDeadLetters, type Fault, type FaultResult } from './experiment.js';
import { selectFaults } from './faults/catalogue.js';
import { PERMANENTLY_REFUSED } from './faults/mail-faults.js';
import { GUARANTEES, summarizeFindings } from './guarantees.js';
import { MAIL_DOMAIN } from './injector/app-processes.js';
import { FaultInjector } from './injector/fault-injector.js';
import type { FaultInjectorOptions } from './injector/options.js';
import { checkLedger, type Ledger } from './ledger.js';
import { checkMails } from './mail-ledger.js';
import { findDoubleCharges, findWrongAmounts } from './payment-ledger.js';
import { countNotAccepted, findStoredOrders, type NotAccepted } from './not-accepted.js';

export interface RunOptions extends FaultInjectorOptions {
  /** Names of the faults to inject; empty for all. */
  only: string[];
  /** After one round of the faults, random ones are injected until this time is over. */
  minutes: number;
  /** Orders per second during the whole run. */
  rate: number;
  /** Shorter waits, smaller amounts. */
  short: boolean;
}

export interface Report {
  seed: number;
  rate: number;
  minutes: number;
  results: FaultResult[];
  ledger: Ledger;
  /** Requests that were not answered with 202 at first. */
  notAccepted: NotAccepted;
  /** Requests that were repeated with the same `Idempotency-Key`. */
  repeated: number;
  mails: { sent: number; duplicate: number };
  /** Messages of the run that were published once more at the end. */
  republishedAtEnd: number;
  deadlocks: number;
  drainedInSeconds?: number;
  /** Guarantees that were violated at the end of the run. */
  violations: string[];
}

/**
 * Injects each fault once, then random ones. At the end it publishes all messages of the run once more and checks the
 * ledger.
 */
export async function runFaults(options: RunOptions): Promise<Report> {
  const { printProgress, minutes, rate } = options;
  const faults = selectFaults(options.only, options);
  const startedAt = Date.now();
  const injector = await FaultInjector.start(options);
  try {
    printProgress(`the system is running; seed ${options.seed}, ${rate} orders/s`);
    injector.resumeLoad(rate);
    const results: FaultResult[] = [];
    for (const fault of faults) results.push(await runExperiment(injector, fault, options));
    while (Date.now() - startedAt < minutes * 60_000)
      results.push(await runExperiment(injector, injector.random.pick(faults), options));
    return {
      ...(await finishRun(injector, printProgress)),
      seed: options.seed,
      rate,
      minutes: (Date.now() - startedAt) / 60_000,
      results,
    };
  } finally {
    await injector.stop();
  }
}

/** Injects faults once, in their short form, into the build of this project. For specs. */
export function runInShortForm(
  { root, dir, processes, printProgress }: TestRun,
  options: Pick<RunOptions, 'only' | 'rate' | 'databaseCluster'>,
): Promise<Report> {
  const run = { root, dir, processes, printProgress, dist: join(root, 'dist') };
  return runFaults({ ...run, ...options, short: true, minutes: 0, seed: 1 });
}

async function runExperiment(
  injector: FaultInjector,
  fault: Fault,
  { short, printProgress }: RunOptions,
): Promise<FaultResult> {
  const startedAt = Date.now();
  const { name, description } = fault;
  printProgress(`${name}: ${description}`);
  const experiment = new Experiment(short, printProgress);
  await fault
    .inject(injector, experiment)
    .catch((error: Error) => experiment.fail(`the fault could not be injected: ${error.message}`));
  injector.resumeLoad();
  const drainedInSeconds = await experiment.finish(injector, fault).catch((error: Error) => {
    experiment.fail(`the guarantees could not be checked: ${error.message}`);
    return undefined;
  });
  const { notes, injectionPoints, violations } = experiment;
  const seconds = (Date.now() - startedAt) / 1_000;
  const drained =
    drainedInSeconds === undefined ? 'not drained' : `drained in ${drainedInSeconds.toFixed(1)} s`;
  const mark = violations.length === 0 ? '✔' : '✘';
  printProgress(`${mark} ${name}: ${drained} (${seconds.toFixed(0)} s in total)`);
  return { name, description, notes, injectionPoints, drainedInSeconds, seconds, violations };
}

const FINAL_DRAIN_MS = 120_000;

async function finishRun(injector: FaultInjector, printProgress: RunOptions['printProgress']) {
  const { broker, mailSink } = injector;
  await injector.load.stop();
  const startedAt = Date.now();
  // At the end of the run, overdue orders of earlier faults count again.
  injector.overdueOrders.clear();
  const first = await waitUntilDrained(injector, startedAt + FINAL_DRAIN_MS, { emptyQueues: true });
  const drainedInSeconds = first.isDrained ? (Date.now() - startedAt) / 1_000 : undefined;
  await findStoredOrders(injector);
  // Requests that were answered only after the experiment that they belong to. The ledger finds an order that exists twice.
  await injector.load.repeatWithKeys();
  const events = injector.random.shuffle([...injector.recordedEvents.values()]);
  printProgress(`publishing all messages of the run once more: ${events.length}`);
  await broker.publish(events);
  const second = await waitUntilDrained(injector, Date.now() + FINAL_DRAIN_MS + events.length * 20, {
    emptyQueues: true,
  });
  const { ledger, duplicateMails } = await checkFinalLedger(injector);
  await findStoredOrders(injector);
  const deadlocks = readFileSync(injector.logFile('postgres'), 'utf8').split('deadlock detected').length - 1;
  const violations = GUARANTEES.flatMap((guarantee) =>
    summarizeFindings(guarantee, ledger.findings[guarantee]),
  );
  if (!first.isDrained) violations.push(`not drained at the end: ${first.unfinished}`);
  if (!second.isDrained)
    violations.push(`not drained after all messages were published again: ${second.unfinished}`);
  if (deadlocks > 0) violations.push(`${deadlocks} deadlocks`);
  violations.push(...summarizeDeadLetters(await broker.takeNewDeadLetters()));
  return {
    ledger,
    notAccepted: countNotAccepted(injector.load.requests),
    repeated: injector.load.requests.filter(({ isRepeated }) => isRepeated).length,
    mails: { sent: mailSink.mails.length, duplicate: duplicateMails },
    republishedAtEnd: events.length,
    deadlocks,
    drainedInSeconds,
    violations,
  };
}

function checkFinalLedger(injector: FaultInjector) {
  return injector.database.inSnapshot(async (sql) => {
    const charges = await injector.gateway.charges();
    const ledger = await checkLedger(sql, ledgerFactsOf(injector));
    const { duplicateMails, ...mailFindings } = await checkMails(sql, {
      mails: injector.mailSink.mails,
      disruptions: injector.mailDisruptions.list,
      domain: MAIL_DOMAIN,
      refused: PERMANENTLY_REFUSED,
    });
    const paymentFindings = {
      'charged twice': findDoubleCharges(charges),
      'wrong amounts': (await findWrongAmounts(sql, charges)).map(({ line }) => line),
    };
    const findings = { ...ledger.findings, ...mailFindings, ...paymentFindings };
    return { ledger: { ...ledger, findings }, duplicateMails };
  });
}
