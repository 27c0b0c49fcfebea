import { setTimeout as sleep } from 'node:timers/promises';
import { APP_NAMES, type AppName } from '../../../apps/manifest.js';
import { until } from '../../support/until.js';
import type { Experiment, Fault } from '../experiment.js';
import { APPLICATION_NAME } from '../injector/database.js';
import type { ClusterNode, DatabaseCluster } from '../injector/database-cluster.js';
import type { FaultInjector } from '../injector/fault-injector.js';
import type { OrderRequest } from '../load.js';
import { describeAnswers } from '../not-accepted.js';
import { expectDatabaseOutageReported, expectRecovery, formatSecondsSince } from './health-checks.js';

/** From the moment that the address leads to a server that accepts writes until an order is accepted. */
const ACCEPTED_WITHIN_SECONDS = 3;
/** Connections to a halted server are closed when a query is not answered in time. */
const ACCEPTED_AFTER_HALT_SECONDS = 16;

const clusterOf = ({ servers }: FaultInjector): DatabaseCluster => servers.databaseCluster!;

/** A fault of the cluster. Afterwards both standbys must follow the primary. Notes the answers to all its requests. */
function clusterFault(
  name: string,
  description: string,
  inject: (injector: FaultInjector, experiment: Experiment) => Promise<void>,
): Fault {
  return {
    name,
    description,
    async inject(injector, experiment) {
      const from = injector.load.requests.length;
      const endDisruption = injector.mailDisruptions.begin();
      await inject(injector, experiment);
      await expectRecovery(injector, experiment);
      endDisruption();
      const requests = injector.load.requests.slice(from);
      await experiment.expectInTime(
        'both standbys follow the primary',
        clusterOf(injector).waitUntilReplicated(),
      );
      experiment.note((await describeAnswers(injector, requests)).description);
    },
  };
}

const isAcceptedSince = ({ status, sentAt, answeredAfterMs = 0 }: OrderRequest, time: number) =>
  status === 202 && sentAt + answeredAfterMs > time;

/** Expects an order to be accepted within some seconds from now. */
async function expectAccepted(
  { load }: FaultInjector,
  experiment: Experiment,
  reason: string,
  seconds = ACCEPTED_WITHIN_SECONDS,
) {
  const since = Date.now();
  const accepted = until(
    'an order to be accepted',
    () => load.requests.findLast((request) => isAcceptedSince(request, since)),
    {
      seconds,
    },
  );
  if (await experiment.expectInTime(`orders are accepted ${seconds} s after ${reason}`, accepted))
    experiment.note(`orders accepted again ${formatSecondsSince(since)} s after ${reason}`);
}

/** Promotes a standby and moves the address to it. Open connections are not cut. */
async function failOver(injector: FaultInjector, experiment: Experiment, seconds?: number) {
  const promoted = await clusterOf(injector).promoteStandby();
  injector.moveDatabaseAddress(promoted);
  await expectAccepted(injector, experiment, 'the promotion', seconds);
}

const primaryKilled = clusterFault(
  'primary-killed',
  'kills the primary (SIGKILL) and promotes a standby',
  async (injector, experiment) => {
    const cluster = clusterOf(injector);
    const old = cluster.primary;
    await cluster.kill(old);
    await sleep(experiment.short ? 1_000 : 10_000); // until it is detected
    await failOver(injector, experiment);
    await cluster.rejoin(old);
  },
);

const primaryHalted = clusterFault(
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

const switchover = clusterFault(
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

const ADDRESS_ON_STANDBY_MS = 10_000;

const addressOnStandby = clusterFault(
  'address-on-standby',
  'leads the address to a standby, which is read-only, for 10 s',
  async (injector, experiment) => {
    const cluster = clusterOf(injector);
    const [standby] = cluster.standbys as [ClusterNode];
    injector.moveDatabaseAddress(standby, { cut: true });
    const end = Date.now() + ADDRESS_ON_STANDBY_MS;
    const seconds = await expectDatabaseOutageReported(injector, experiment, {
      reason: 'the database is read-only',
      seconds: 5,
    });
    experiment.note(`reported by all apps after ${seconds} s`);
    await expectOutageReportedUntil(injector, experiment, end);
    injector.moveDatabaseAddress(cluster.primary);
    await expectAccepted(injector, experiment, 'the address is right');
    await experiment.expectInTime(
      'no connection stays with the standby',
      until('no connections', async () => (await cluster.countConnections(standby, APPLICATION_NAME)) === 0, {
        seconds: 5,
      }),
    );
  },
);

async function expectOutageReportedUntil({ apps }: FaultInjector, experiment: Experiment, end: number) {
  const healthy = new Set<AppName>();
  while (Date.now() < end) {
    for (const app of APP_NAMES) if (!(await apps.reportsDatabaseOutage(app))) healthy.add(app);
    await sleep(500);
  }
  experiment.expect(
    healthy.size === 0,
    `no app reports that all is well while the database is read-only (${[...healthy].join(', ')})`,
  );
}

const standbyHalted = clusterFault(
  'standby-halted',
  'halts the only synchronous standby: commits wait',
  async (injector, experiment) => {
    const cluster = clusterOf(injector);
    const [synchronous, other] = cluster.standbys as [ClusterNode, ClusterNode];
    cluster.detach(other);
    cluster.halt(synchronous);
    await expectCommitsToWait(injector, experiment);
    cluster.resume(synchronous);
    await expectAccepted(injector, experiment, 'the standby continues', ACCEPTED_AFTER_HALT_SECONDS);
    other.upstream.retarget(cluster.primary.port);
  },
);

/** Without a standby, no order may be accepted: after the loss of the primary it would be lost. */
async function expectCommitsToWait({ load }: FaultInjector, experiment: Experiment) {
  await sleep(1_000); // answers to the commits that were confirmed before
  const since = Date.now();
  await sleep(experiment.short ? 15_000 : 24_000);
  const accepted = load.requests.filter((request) => isAcceptedSince(request, since));
  experiment.expect(accepted.length === 0, `no order is accepted without a standby (${accepted.length})`);
}

const replicationCut = clusterFault(
  'replication-cut',
  'makes the network from the primary to one standby silent, then to both: commits wait',
  async (injector, experiment) => {
    const { load } = injector;
    const cluster = clusterOf(injector);
    const [first, second] = cluster.standbys as [ClusterNode, ClusterNode];
    const from = load.requests.length;
    first.upstream.silence();
    await sleep(experiment.short ? 12_000 : 60_000);
    const requests = load.requests.slice(from);
    second.upstream.silence();
    const { description, slowestMs } = await describeAnswers(injector, requests.slice(0, -injector.rate));
    experiment.note(`one standby: ${description}`);
    experiment.expect(
      requests.slice(0, -injector.rate).every(({ status }) => status === 202) && slowestMs < 5_000,
      'with one standby, every order is accepted',
    );
    await expectCommitsToWait(injector, experiment);
    await cluster.restore();
    await expectAccepted(injector, experiment, 'the network works', ACCEPTED_AFTER_HALT_SECONDS);
  },
);

/** Faults of three PostgreSQL servers with synchronous replication (`--database-cluster`). */
export const DATABASE_CLUSTER_FAULTS: Fault[] = [
  primaryKilled,
  primaryHalted,
  switchover,
  addressOnStandby,
  standbyHalted,
  replicationCut,
];
