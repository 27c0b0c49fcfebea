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
import { DATABASE_CLUSTER_FAULTS } from './database-cluster-faults.js';
import {
  backendsTerminated,
  commitCut,
  databaseHung,
  halfOpenDatabase,
  postgresStop,
} from './database-faults.js';
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
  databaseHung,
  duplicates,
  poison,
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

/** What a run has a cluster of. Each cluster has faults of its own. */
export interface ClusterOptions {
  /** RabbitMQ. */
  cluster?: boolean;
  /** PostgreSQL. */
  databaseCluster?: boolean;
}

/**
 * @param names names of faults; empty for all faults of a round
 * @throws if a name is unknown
 */
export function selectFaults(names: string[], { cluster, databaseCluster }: ClusterOptions): Fault[] {
  const clusterFaults = [
    ...(cluster ? CLUSTER_FAULTS : []),
    ...(databaseCluster ? DATABASE_CLUSTER_FAULTS : []),
  ];
  const round = clusterFaults.length > 0 ? clusterFaults : FAULTS;
  const known = clusterFaults.length > 0 ? round : [...round, ...ONLY_BY_NAME];
  const unknown = names.filter((name) => !known.some((fault) => fault.name === name));
  if (unknown.length > 0)
    throw new Error(
      `Unknown faults: ${unknown.join(', ')}. Known faults: ${known.map(({ name }) => name).join(', ')}`,
    );
  return names.length === 0 ? round : known.filter(({ name }) => names.includes(name));
}
