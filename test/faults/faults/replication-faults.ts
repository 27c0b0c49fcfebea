import { setTimeout as sleep } from 'node:timers/promises';
import type { ClusterNode } from '../injector/database-cluster.js';
import { describeAnswers } from '../not-accepted.js';
import {
  ACCEPTED_AFTER_HALT_SECONDS,
  clusterFault,
  clusterOf,
  expectAccepted,
  expectCommitsToWait,
} from './database-cluster.js';

export const standbyHalted = clusterFault(
  'standby-halted',
  'halts the only synchronous standby: commits wait',
  async (injector, experiment) => {
    const cluster = clusterOf(injector);
    const [synchronous, other] = cluster.standbys as [ClusterNode, ClusterNode];
    cluster.detach(other);
    cluster.halt(synchronous);
    await expectCommitsToWait(injector, experiment);
    cluster.resume(synchronous);
    await expectAccepted(
      injector,
      experiment,
      'the continuation of the standby',
      ACCEPTED_AFTER_HALT_SECONDS,
    );
    other.upstream.retarget(cluster.primary.port);
  },
);

export const replicationCut = clusterFault(
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
    await expectAccepted(injector, experiment, 'the end of the silence', ACCEPTED_AFTER_HALT_SECONDS);
  },
);
