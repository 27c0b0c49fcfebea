import type { Processes } from '../../../tools/infrastructure/processes.js';

export interface FaultInjectorOptions {
  /** Folder of the project. */
  root: string;
  /** Existing folder for all files of this run; the caller deletes it. */
  dir: string;
  /** Folder of the built apps. */
  dist: string;
  processes: Processes;
  seed: number;
  /** Folder of the built apps of another revision, which run beside those of `dist` in `roll-out`. */
  otherDist?: string;
  /** Three RabbitMQ nodes in a cluster, instead of one node. */
  cluster?: boolean;
  /** Three PostgreSQL servers with synchronous replication, instead of one server. */
  databaseCluster?: boolean;
  /** How long `row-lock` and `advisory-lock` hold their lock; default: 60 s, or 20 s in the short form. */
  holdSeconds?: number;
  /** Such servers, managed by Patroni with etcd and HAProxy. */
  patroni?: boolean;
  /** Debian release whose RabbitMQ is used, such as `trixie`. */
  broker?: string;
  /** Environment of all apps, in addition to the one that the fault injector sets. */
  environment?: Record<string, string>;
  printProgress: (text: string) => void;
}
