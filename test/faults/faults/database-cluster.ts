import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../support/until.js';
import type { Experiment, Fault } from '../experiment.js';
import type { DatabaseCluster } from '../injector/database-cluster.js';
import type { FaultInjector } from '../injector/fault-injector.js';
import type { OrderRequest } from '../load.js';
import { describeAnswers } from '../not-accepted.js';
import { expectRecovery, formatSecondsSince } from './health-checks.js';

// What the faults of three PostgreSQL servers have in common.

/** From the moment that the address leads to a server that accepts writes until an order is accepted. */
const ACCEPTED_WITHIN_SECONDS = 3;
/** Connections to a halted server are closed when a query is not answered in time. */
export const ACCEPTED_AFTER_HALT_SECONDS = 16;

export const clusterOf = ({ servers }: FaultInjector): DatabaseCluster => servers.databaseCluster!;

/** A fault of the cluster. Afterwards both standbys must follow the primary. Notes the answers to all its requests. */
export function clusterFault(
  name: string,
  description: string,
  inject: (injector: FaultInjector, experiment: Experiment) => Promise<void>,
): Fault {
  return {
    name,
    description,
    async inject(injector, experiment) {
      const { servers } = injector;
      const from = injector.load.requests.length;
      const endDisruption = injector.mailDisruptions.begin();
      await inject(injector, experiment);
      await expectRecovery(injector, experiment);
      endDisruption();
      const requests = injector.load.requests.slice(from);
      await experiment.expectInTime(
        'both standbys follow the primary',
        (servers.databaseCluster ?? servers.patroniCluster)!.waitUntilReplicated(),
      );
      experiment.note((await describeAnswers(injector, requests)).description);
    },
  };
}

const isAcceptedSince = ({ status, sentAt, answeredAfterMs = 0 }: OrderRequest, time: number) =>
  status === 202 && sentAt + answeredAfterMs > time;

/** Expects an order to be accepted within some seconds from now. */
export async function expectAccepted(
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

/** Without a standby, no order may be accepted: after the loss of the primary it would be lost. */
export async function expectCommitsToWait({ load }: FaultInjector, experiment: Experiment) {
  await sleep(1_000); // answers to the commits that were confirmed before
  const since = Date.now();
  await sleep(experiment.short ? 15_000 : 24_000);
  const accepted = load.requests.filter((request) => isAcceptedSince(request, since));
  experiment.expect(accepted.length === 0, `no order is accepted without a standby (${accepted.length})`);
}
