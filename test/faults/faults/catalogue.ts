import { APP_NAMES } from '../../../apps/manifest.js';
import type { Fault } from '../experiment.js';
import {
  alarmDisk,
  alarmMemory,
  brokerKill,
  brokerRestart,
  connectionCut,
  halfOpenBroker,
} from './broker-faults.js';
import { CLUSTER_FAULTS } from './cluster-faults.js';
import { deadlock, lastUnits } from './contention-faults.js';
import { backendsTerminated, commitCut, halfOpenDatabase, postgresStop } from './database-faults.js';
import { hostileMessages } from './hostile-messages.js';
import { killApp, killEach } from './kill-faults.js';
import { mailDown } from './mail-faults.js';
import { backlog, duplicates, poison } from './message-faults.js';
import { clock, rollingRestart, stopCont } from './process-faults.js';
import { bindingMissing, consumerCancelled, publisherFirst, queueDeleted } from './queue-faults.js';
import { rollOut } from './roll-out.js';

/** The faults of one round, in their order. */
const FAULTS: Fault[] = [
  ...APP_NAMES.map(killApp),
  stopCont,
  brokerRestart,
  brokerKill,
  connectionCut,
  queueDeleted,
  consumerCancelled,
  postgresStop,
  backendsTerminated,
  commitCut,
  halfOpenBroker,
  halfOpenDatabase,
  duplicates,
  poison,
  hostileMessages,
  backlog,
  alarmMemory,
  alarmDisk,
  bindingMissing,
  publisherFirst,
  clock,
  rollingRestart,
  rollOut,
  mailDown,
  deadlock,
  lastUnits,
];

/** Injected only if `--only` selects them. A round already contains what they do: `kill-<app>` for each app. */
const ONLY_BY_NAME: Fault[] = [killEach];

/**
 * @param names names of faults; empty for all faults of a round
 * @param cluster whether RabbitMQ runs as a cluster, which has faults of its own
 * @throws if a name is unknown
 */
export function selectFaults(names: string[], cluster = false): Fault[] {
  const round = cluster ? CLUSTER_FAULTS : FAULTS;
  const known = cluster ? round : [...round, ...ONLY_BY_NAME];
  const unknown = names.filter((name) => !known.some((fault) => fault.name === name));
  if (unknown.length > 0)
    throw new Error(
      `Unknown faults: ${unknown.join(', ')}. Known faults: ${known.map(({ name }) => name).join(', ')}`,
    );
  return names.length === 0 ? round : known.filter(({ name }) => names.includes(name));
}
