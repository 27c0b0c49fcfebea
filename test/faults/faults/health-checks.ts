import { APP_NAMES, type AppName } from '../../../apps/manifest.js';
import type { Experiment } from '../experiment.js';
import type { FaultInjector } from '../injector/fault-injector.js';

/** Marks the end of the fault and expects every app to become ready again. */
export async function expectRecovery(injector: FaultInjector, experiment: Experiment, { seconds = 30 } = {}) {
  experiment.faultEnded();
  await experiment.expectInTime(
    'all apps are ready again',
    Promise.all(APP_NAMES.map((app) => injector.apps.waitUntilReady(app, seconds))),
  );
}

/** Expects every app to report that the database is unavailable. @returns after how many seconds all did, for a note */
export function expectDatabaseOutageReported(
  { apps }: FaultInjector,
  experiment: Experiment,
  { reason, seconds }: { reason: string; seconds: number },
) {
  return expectAllToReport(experiment, reason, (app) => apps.waitUntilDatabaseOutageReported(app, seconds));
}

/** Expects every app to report that the broker is unavailable. @returns after how many seconds all did, for a note */
export function expectBrokerOutageReported(
  { apps }: FaultInjector,
  experiment: Experiment,
  { seconds }: { seconds: number },
) {
  const reason = 'the broker is unavailable';
  return expectAllToReport(experiment, reason, (app) => apps.waitUntilBrokerOutageReported(app, seconds));
}

async function expectAllToReport(
  experiment: Experiment,
  reason: string,
  waitUntilReported: (app: AppName) => Promise<void>,
) {
  const startedAt = Date.now();
  await Promise.all(
    APP_NAMES.map((app) =>
      experiment.expectInTime(`${app} reports it when ${reason}`, waitUntilReported(app)),
    ),
  );
  return formatSecondsSince(startedAt);
}

export function formatSecondsSince(time: number) {
  return ((Date.now() - time) / 1_000).toFixed(1);
}
