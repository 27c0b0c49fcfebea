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
import {
  backendsTerminated,
  commitCut,
  databaseHung,
  halfOpenDatabase,
  postgresStop,
} from './database-faults.js';
import { addressOnStandby, failover, primaryHalted, primaryKilled, switchover } from './failover-faults.js';
import { deadLetterReplay } from './dead-letter-faults.js';
import { hostileMessages } from './hostile-messages.js';
import { killApp, killEach } from './kill-faults.js';
import { advisoryLock, machineLost, rowLock } from './lock-faults.js';
import { mailDown } from './mail-faults.js';
import { backlog, duplicates, poison } from './message-faults.js';
import { overload, slowBodies } from './overload-faults.js';
import { PATRONI_FAULTS } from './patroni-faults.js';
import { clock, rollingRestart, stopCont } from './process-faults.js';
import { bindingMissing, consumerCancelled, publisherFirst, queueDeleted } from './queue-faults.js';
import { replicationCut, standbyHalted } from './replication-faults.js';
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
  deadLetterReplay,
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
  slowBodies,
  overload,
  rowLock,
  advisoryLock,
  machineLost,
];

/** Faults of three PostgreSQL servers with synchronous replication (`--database-cluster`). */
const DATABASE_CLUSTER_FAULTS: Fault[] = [
  primaryKilled,
  primaryHalted,
  switchover,
  addressOnStandby,
  standbyHalted,
  replicationCut,
];

/** Injected only if `--only` selects them. A round already contains what they do. */
const ONLY_BY_NAME: Fault[] = [killEach];
const ONLY_BY_NAME_IN_DATABASE_CLUSTER: Fault[] = [failover];

/** What a run has a cluster of. Each cluster has faults of its own. */
export interface ClusterOptions {
  /** RabbitMQ. */
  cluster?: boolean;
  /** PostgreSQL. */
  databaseCluster?: boolean;
  /** PostgreSQL with Patroni. */
  patroni?: boolean;
}

/**
 * @param names names of faults; empty for all faults of a round
 * @throws if a name is unknown
 */
export function selectFaults(names: string[], clusters: ClusterOptions): Fault[] {
  const [round, onlyByName] = catalogueOf(clusters);
  const known = [...round, ...onlyByName];
  const unknown = names.filter((name) => !known.some((fault) => fault.name === name));
  if (unknown.length > 0)
    throw new Error(
      `Unknown faults: ${unknown.join(', ')}. Known faults: ${known.map(({ name }) => name).join(', ')}`,
    );
  return names.length === 0 ? round : known.filter(({ name }) => names.includes(name));
}

function catalogueOf({
  cluster,
  databaseCluster,
  patroni,
}: ClusterOptions): [round: Fault[], onlyByName: Fault[]] {
  if (patroni) return [PATRONI_FAULTS, []];
  if (databaseCluster) return [DATABASE_CLUSTER_FAULTS, ONLY_BY_NAME_IN_DATABASE_CLUSTER];
  return cluster ? [CLUSTER_FAULTS, []] : [FAULTS, ONLY_BY_NAME];
}
