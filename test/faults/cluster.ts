import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../support/until.js';
import { APPS, QUEUE_OF, WORKERS, type App, type FaultInjector } from './fault-injector.js';
import type { Fault, Trial } from './trial.js';

interface Queue {
  leader: string;
  online: string[];
}

const queue = (rig: FaultInjector, name: string) =>
  rig.management<Queue>('GET', `/api/queues/${rig.vhostPath}/${name}`);

async function killLeader(rig: FaultInjector, trial: Trial, app: Exclude<App, 'api'>) {
  const name = QUEUE_OF[app];
  const { leader } = await queue(rig, name);
  const node = rig.nodes.find(({ service }) => leader.includes(service.name.split(' ')[1]!))!;
  await node.service.stop(true);
  const from = Date.now();
  await trial.inTime(
    `${name} has another leader`,
    until('a new leader', async () => (await queue(rig, name)).leader !== leader, { seconds: 30 }),
  );
  trial.did(
    `${leader}, leader of ${name}, killed; another after ${((Date.now() - from) / 1_000).toFixed(1)} s`,
  );
  await sleep(3_000);
  await trial.inTime('all are ready on two nodes', Promise.all(APPS.map((each) => rig.ready(each, 30))));
  await node.service.start();
  await trial.inTime(
    `${name} is on all nodes again`,
    until('all members', async () => (await queue(rig, name)).online.length === rig.nodes.length, {
      seconds: 60,
    }),
  );
}

/** What can be broken in a cluster of three only. */
export const CLUSTER_FAULTS: Fault[] = WORKERS.map((app) => ({
  name: `leader-killed-${QUEUE_OF[app]}`,
  breaks: `kill -9 of the node that leads ${QUEUE_OF[app]}`,
  async run(rig, trial) {
    await killLeader(rig, trial, app);
    trial.mended();
  },
}));
