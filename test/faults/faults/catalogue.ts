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
import { deadLetterReplay } from './dead-letter-faults.js';
import { expensiveReads } from './expensive-reads.js';
import { addressOnStandby, failover, primaryHalted, primaryKilled, switchover } from './failover-faults.js';
import { hostileMessages } from './hostile-messages.js';
import { killApp, killEach } from './kill-faults.js';
import { advisoryLock, machineLost, rowLock } from './lock-faults.js';
import { mailDown } from './mail-faults.js';
import { backlog, duplicates, poison } from './message-faults.js';
import { overload, slowBodies } from './overload-faults.js';
import { PATRONI_FAULTS } from './patroni-faults.js';
import { chargeAnswersLost, gatewayDown, gatewaySlow, webhookStorm } from './payment-faults.js';
import { clock, rollingRestart, stopCont } from './process-faults.js';
import { bindingMissing, consumerCancelled, publisherFirst, queueDeleted } from './queue-faults.js';
import { replicationCut, standbyHalted } from './replication-faults.js';
import { rollOut } from './roll-out.js';
import { WEBHOOK_FAULTS } from './webhook-faults.js';

/** Faults of a system with one PostgreSQL server and one RabbitMQ node, in the order of a round. */
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
  gatewayDown,
  gatewaySlow,
  chargeAnswersLost,
  webhookStorm,
  ...WEBHOOK_FAULTS,
  deadlock,
  lastUnits,
  slowBodies,
  overload,
  expensiveReads,
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

/** What a run has a cluster of. Each cluster has faults of its own. */
export interface ClusterOptions {
  /** RabbitMQ. */
  cluster?: boolean;
  /** PostgreSQL. */
  databaseCluster?: boolean;
  /** PostgreSQL with Patroni. */
  patroni?: boolean;
}

interface Catalogue {
  /** Option of `npm run faults` that starts this system. */
  option?: string;
  /** The faults of one round, in their order. */
  round: Fault[];
  /** Injected only if `--only` selects them: short forms of faults of the round, for `npm test`. */
  onlyByName: Fault[];
}

const CATALOGUES = {
  single: { round: FAULTS, onlyByName: [killEach] },
  cluster: { option: '--cluster', round: CLUSTER_FAULTS, onlyByName: [] },
  databaseCluster: { option: '--database-cluster', round: DATABASE_CLUSTER_FAULTS, onlyByName: [failover] },
  patroni: { option: '--patroni', round: PATRONI_FAULTS, onlyByName: [] },
} satisfies Record<string, Catalogue>;

export const FAULT_NAMES: ReadonlySet<string> = new Set(
  Object.values<Catalogue>(CATALOGUES).flatMap(({ round, onlyByName }) =>
    [...round, ...onlyByName].map(({ name }) => name),
  ),
);

/**
 * @param names names of faults; empty for all faults of a round
 * @throws if a name is unknown
 */
export function selectFaults(names: string[], clusters: ClusterOptions): Fault[] {
  const { round, onlyByName } = catalogueOf(clusters);
  const known = [...round, ...onlyByName];
  const unknown = names.filter((name) => !known.some((fault) => fault.name === name));
  if (unknown.length > 0)
    throw new Error(
      `Unknown faults: ${unknown.join(', ')}. Known faults: ${known.map(({ name }) => name).join(', ')}`,
    );
  return names.length === 0 ? round : known.filter(({ name }) => names.includes(name));
}

function catalogueOf({ cluster, databaseCluster, patroni }: ClusterOptions): Catalogue {
  if (patroni) return CATALOGUES.patroni;
  if (databaseCluster) return CATALOGUES.databaseCluster;
  return cluster ? CATALOGUES.cluster : CATALOGUES.single;
}

/** @returns all faults with their descriptions, for `--help` */
export function describeFaults(): string {
  return Object.values<Catalogue>(CATALOGUES)
    .map(({ option, round, onlyByName }) => {
      const title = option === undefined ? 'Faults of a round, in their order:' : `Faults with ${option}:`;
      const lines = [...round, ...onlyByName].map((fault) => {
        const isByName = onlyByName.includes(fault);
        return `  ${fault.name.padEnd(28)} ${fault.description}${isByName ? ' (only if --only selects it)' : ''}`;
      });
      return [title, ...lines].join('\n');
    })
    .join('\n\n');
}
