import { setTimeout as sleep } from 'node:timers/promises';
import { APP_NAMES, WORKERS, type WorkerManifest } from '../../../apps/manifest.js';
import { until } from '../../support/until.js';
import type { Experiment, Fault } from '../experiment.js';
import type { FaultInjector } from '../injector/fault-injector.js';
import { formatSecondsSince } from './health-checks.js';

interface QuorumQueue {
  leader: string;
  online: string[];
}

function getQueue({ broker }: FaultInjector, name: string) {
  return broker.requestManagementApi<QuorumQueue>('GET', `/api/queues/${broker.vhostPath}/${name}`);
}

async function killLeader(injector: FaultInjector, experiment: Experiment, { queue }: WorkerManifest) {
  const nodes = injector.servers.rabbitMqNodes;
  const { leader } = await getQueue(injector, queue);
  const leaderNode = nodes.find(({ service }) => leader.includes(service.name.split(' ')[1]!))!;
  await leaderNode.service.stop(true);
  const killedAt = Date.now();
  await experiment.expectInTime(
    `${queue} has another leader`,
    until('a new leader', async () => (await getQueue(injector, queue)).leader !== leader, { seconds: 30 }),
  );
  experiment.note(
    `${leader}, leader of ${queue}, killed; new leader after ${formatSecondsSince(killedAt)} s`,
  );
  await sleep(3_000);
  await experiment.expectInTime(
    'all apps are ready with two nodes',
    Promise.all(APP_NAMES.map((app) => injector.apps.waitUntilReady(app, 30))),
  );
  await leaderNode.service.start();
  await experiment.expectInTime(
    `${queue} has members on all nodes again`,
    until('all members', async () => (await getQueue(injector, queue)).online.length === nodes.length, {
      seconds: 60,
    }),
  );
}

/** Faults that need a cluster of three RabbitMQ nodes (`--cluster`). */
export const CLUSTER_FAULTS: Fault[] = WORKERS.map((worker) => ({
  name: `leader-killed-${worker.queue}`,
  description: `kills the node (SIGKILL) that is the leader of ${worker.queue}`,
  async inject(injector, experiment) {
    await killLeader(injector, experiment, worker);
    experiment.faultEnded();
  },
}));
