import { setTimeout as sleep } from 'node:timers/promises';
import { APP_NAMES, type AppName } from '../../../apps/manifest.js';
import { until } from '../../support/until.js';
import type { Experiment } from '../experiment.js';
import { APPLICATION_NAME } from '../injector/database.js';
import type { ClusterNode } from '../injector/database-cluster.js';
import type { FaultInjector } from '../injector/fault-injector.js';
import { ACCEPTED_AFTER_HALT_SECONDS, clusterFault, clusterOf, expectAccepted } from './database-cluster.js';
import { expectDatabaseOutageReported } from './health-checks.js';

/** Promotes a standby and moves the address to it. Open connections are not cut. */
async function failOver(injector: FaultInjector, experiment: Experiment, seconds?: number) {
  const promoted = await clusterOf(injector).promoteStandby();
  injector.moveDatabaseAddress(promoted);
  await expectAccepted(injector, experiment, 'the promotion', seconds);
}

async function killPrimary(injector: FaultInjector, experiment: Experiment) {
  const cluster = clusterOf(injector);
  const old = cluster.primary;
  await cluster.kill(old);
  await sleep(experiment.short ? 1_000 : 10_000); // until it is detected
  await failOver(injector, experiment);
  await cluster.rejoin(old);
}

export const primaryKilled = clusterFault(
  'primary-killed',
  'kills the primary (SIGKILL) and promotes a standby',
  killPrimary,
);

export const primaryHalted = clusterFault(
  'primary-halted',
  'halts the primary (SIGSTOP), promotes a standby, and ends the old primary before it continues',
  async (injector, experiment) => {
    const cluster = clusterOf(injector);
    const old = cluster.primary;
    cluster.halt(old);
    await sleep(experiment.short ? 1_000 : 10_000);
    await failOver(injector, experiment, ACCEPTED_AFTER_HALT_SECONDS);
    await cluster.rejoin(old);
  },
);

export const switchover = clusterFault(
  'switchover',
  'shuts the primary down and promotes a standby, as for maintenance',
  async (injector, experiment) => {
    const cluster = clusterOf(injector);
    const old = cluster.primary;
    // A primary that is shut down waits until the standbys have received everything.
    await old.service.stop();
    await failOver(injector, experiment);
    await cluster.rejoin(old, { keepData: true });
  },
);

const ADDRESS_ON_STANDBY_MS = { full: 10_000, short: 5_000 };

async function leadToStandby(injector: FaultInjector, experiment: Experiment) {
  const cluster = clusterOf(injector);
  const [standby] = cluster.standbys as [ClusterNode];
  injector.moveDatabaseAddress(standby, { cut: true });
  const end = Date.now() + ADDRESS_ON_STANDBY_MS[experiment.short ? 'short' : 'full'];
  const seconds = await expectDatabaseOutageReported(injector, experiment, {
    reason: 'the database is read-only',
    seconds: 3,
  });
  experiment.note(`reported by all apps after ${seconds} s`);
  await expectOutageReportedUntil(injector, experiment, end);
  injector.moveDatabaseAddress(cluster.primary);
  await expectAccepted(injector, experiment, 'the correction of the address');
  await experiment.expectInTime(
    'no connection stays with the standby',
    until('no connections', async () => (await cluster.countConnections(standby, APPLICATION_NAME)) === 0, {
      seconds: 5,
    }),
  );
}

async function expectOutageReportedUntil({ apps }: FaultInjector, experiment: Experiment, end: number) {
  const healthy = new Set<AppName>();
  while (Date.now() < end) {
    for (const app of APP_NAMES) if (!(await apps.reportsDatabaseOutage(app))) healthy.add(app);
    await sleep(500);
  }
  experiment.expect(
    healthy.size === 0,
    `every app reports the outage while the database is read-only (${[...healthy].join(', ')} did not)`,
  );
}

export const addressOnStandby = clusterFault(
  'address-on-standby',
  'leads the address to a standby, which is read-only',
  leadToStandby,
);

/** For `npm test`: both faults, and only one wait until the system is drained. */
export const failover = clusterFault(
  'failover',
  'kills the primary (SIGKILL), promotes a standby, and leads the address to the other one, which is read-only',
  async (injector, experiment) => {
    await killPrimary(injector, experiment);
    await leadToStandby(injector, experiment);
  },
);
