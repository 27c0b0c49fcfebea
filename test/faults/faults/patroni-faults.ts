import type { Experiment, Fault } from '../experiment.js';
import type { FaultInjector } from '../injector/fault-injector.js';
import type { PatroniNode } from '../../../tools/infrastructure/patroni.js';
import type { PatroniCluster } from '../injector/patroni-cluster.js';
import { clusterFault, expectAccepted } from './database-cluster.js';
import { formatSecondsSince } from './health-checks.js';

const patroniOf = ({ servers }: FaultInjector): PatroniCluster => servers.patroniCluster!;

/** Expects Patroni to promote another server, and orders to be accepted by it. */
async function expectFailover(injector: FaultInjector, experiment: Experiment, old: PatroniNode) {
  const since = Date.now();
  const promoted = patroniOf(injector).waitForPrimary(old);
  if (!(await experiment.expectInTime('another server is promoted', promoted))) return;
  experiment.note(`another server promoted after ${formatSecondsSince(since)} s`);
  // In the strict mode, commits wait until Patroni has made a standby synchronous, which takes several of its loops.
  await expectAccepted(injector, experiment, 'the promotion', 15);
}

/** Faults of three PostgreSQL servers with Patroni, etcd and HAProxy (`--patroni`). */
export const PATRONI_FAULTS: Fault[] = [
  clusterFault(
    'primary-killed',
    'kills the primary and its Patroni (SIGKILL); Patroni promotes a standby',
    async (injector, experiment) => {
      const patroni = patroniOf(injector);
      const old = await patroni.waitForPrimary();
      await patroni.kill(old);
      await expectFailover(injector, experiment, old);
      await old.service.start();
    },
  ),
  clusterFault(
    'primary-halted',
    'halts the primary and its Patroni (SIGSTOP); Patroni promotes a standby, and the old primary ends before it continues',
    async (injector, experiment) => {
      const patroni = patroniOf(injector);
      const old = await patroni.waitForPrimary();
      patroni.halt(old);
      await expectFailover(injector, experiment, old);
      // As a watchdog does. Without one, Patroni 3.0.2 took the leader key back when it continued, and the promoted server
      // lost what it had committed.
      await patroni.kill(old);
      await old.service.start();
    },
  ),
  clusterFault('switchover', 'asks Patroni for a planned switchover', async (injector, experiment) => {
    const patroni = patroniOf(injector);
    const old = await patroni.waitForPrimary();
    await patroni.switchOver(old);
    await expectFailover(injector, experiment, old);
  }),
];
