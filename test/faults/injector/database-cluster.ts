import { join } from 'node:path';
import {
  findPostgres,
  type PostgresInstallation,
} from '../../../tools/infrastructure/postgres-installation.js';
import { haltServer, killServer } from '../../../tools/infrastructure/server-signals.js';
import { copyForStandby, markAsStandby } from '../../../tools/infrastructure/postgres-standby.js';
import {
  ensureData,
  ensureDatabase,
  query,
  startServer,
  type PostgresOptions,
} from '../../../tools/infrastructure/postgres.js';
import { reservePort } from '../../../tools/infrastructure/ports.js';
import type { Service } from '../../../tools/infrastructure/service.js';
import { until } from '../../support/until.js';
import { Proxy } from '../proxy.js';

const NAMES = ['one', 'two', 'three'];
const SETTINGS = [
  // A commit waits until one of the standbys has it on disk. A server never counts itself.
  `synchronous_standby_names=ANY 1 (${NAMES.join(', ')})`,
  'wal_keep_size=1GB',
  // A silent connection between servers is closed after this time. The default of 60 s would prolong each fault.
  'wal_sender_timeout=5s',
  'wal_receiver_timeout=5s',
  'wal_receiver_status_interval=1s',
  'wal_retrieve_retry_interval=500ms',
];

/** One server of the cluster. */
export interface ClusterNode {
  name: string;
  url: string;
  port: number;
  data: string;
  service: Service;
  /** The network from this server to the primary, which it receives the WAL from. */
  upstream: Proxy;
}

/** Three PostgreSQL servers with synchronous streaming replication: a primary and two standbys. */
export class DatabaseCluster {
  readonly nodes: ClusterNode[] = [];
  /** The server that was promoted last. */
  primary!: ClusterNode;
  private readonly resumes = new Map<ClusterNode, () => void>();

  private constructor(
    private readonly options: PostgresOptions,
    private readonly installation: PostgresInstallation,
    private readonly password: string,
  ) {}

  static async start(options: PostgresOptions) {
    const installation = await findPostgres(options.root, options.dir);
    const password = await ensureData(installation, options.dir);
    const cluster = new DatabaseCluster(options, installation, password);
    const [first, ...others] = NAMES as [string, ...string[]];
    cluster.primary = await cluster.startNode(first, 'data');
    // Without standbys, a commit waits for ever.
    await ensureDatabase(`${cluster.primary.url}?options=-c%20synchronous_commit%3Dlocal`);
    await Promise.all(others.map((name) => cluster.startNode(name, `data-${name}`)));
    await cluster.waitUntilReplicated();
    return cluster;
  }

  get standbys() {
    return this.nodes.filter((node) => node !== this.primary);
  }

  private async startNode(name: string, folder: string): Promise<ClusterNode> {
    const { options, installation, password } = this;
    const data = join(options.dir, folder);
    const upstream = await Proxy.start('postgres', this.primary?.port, () => undefined);
    const port = await reservePort();
    if (this.primary) await this.copyPrimary(data);
    const { url, service } = await startServer(options, installation, {
      name: `postgres ${name}`,
      data,
      port,
      password,
      settings: [...SETTINGS, `primary_conninfo=${this.connectionInfo(name, upstream.port)}`],
      killSignal: 'SIGKILL',
    });
    const node = { name, url, port, data, service, upstream };
    this.nodes.push(node);
    return node;
  }

  private connectionInfo(name: string, port: number) {
    const server = `host=127.0.0.1 port=${port} user=postgres password=${this.password} connect_timeout=5`;
    return `${server} application_name=${name} sslmode=disable gssencmode=disable`;
  }

  private copyPrimary(data: string) {
    const { url, data: primaryData } = this.primary;
    const { owner } = this.installation.postgresUser;
    return copyForStandby({ primaryUrl: url, primaryData, data, owner });
  }

  /** Kills all processes of a server, as a loss of power does. */
  async kill({ service }: ClusterNode) {
    killServer(service.pid!);
    await service.stop(true);
  }

  /** Halts all processes of a server: its connections stay open, and nothing answers. */
  halt(node: ClusterNode) {
    this.resumes.set(node, haltServer(node.service.pid!));
  }

  resume(node: ClusterNode) {
    this.resumes.get(node)?.();
    this.resumes.delete(node);
  }

  /** Disconnects a standby from the primary; it is refused from now on. */
  detach({ upstream }: ClusterNode) {
    upstream.retarget(undefined);
    upstream.cutConnections();
  }

  /**
   * Promotes a standby.
   *
   * First, both standbys are disconnected from the old primary, which may still run. From then on its commits wait for a
   * standby, so it cannot answer a client that a transaction is committed. Then the standby that has received more of the
   * WAL is promoted: every commit that was answered is on one of them, but not always on both.
   */
  async promoteStandby(): Promise<ClusterNode> {
    const candidates = this.standbys;
    for (const node of candidates) this.detach(node);
    const positions = await Promise.all(candidates.map((node) => this.readReceivedPosition(node)));
    const best = candidates[positions.indexOf(Math.max(...positions))]!;
    await query(best.url, 'SELECT pg_promote()');
    this.primary = best;
    for (const node of candidates) if (node !== best) node.upstream.retarget(best.port);
    return best;
  }

  /** @returns position in the WAL up to which a disconnected standby has received it, in bytes */
  private readReceivedPosition({ name, url }: ClusterNode): Promise<number> {
    return until(`${name} to stop receiving`, async () => {
      const [row] = await query<{ position: number }>(
        url,
        `SELECT (greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) - '0/0')::float8 AS position
         WHERE NOT EXISTS (SELECT 1 FROM pg_stat_wal_receiver WHERE status = 'streaming')`,
      );
      return row?.position;
    });
  }

  /** Starts a server as a standby of the primary. Its old data are replaced, unless it was shut down properly. */
  async rejoin(node: ClusterNode, { keepData = false } = {}) {
    if (node.service.pid !== undefined) await this.kill(node);
    this.resumes.delete(node);
    node.upstream.retarget(this.primary.port);
    if (keepData) await markAsStandby(node.data, this.installation.postgresUser.owner);
    else await this.copyPrimary(node.data);
    await node.service.start();
  }

  /** Ends every fault: all servers run, and both standbys follow the primary. */
  async restore() {
    for (const node of [...this.resumes.keys()]) this.resume(node);
    for (const node of this.standbys) {
      node.upstream.retarget(this.primary.port);
      node.upstream.endSilence();
      node.upstream.closeSilentConnections();
      if (node.service.pid === undefined) await this.rejoin(node);
    }
  }

  /** Waits until both standbys are synchronous and have applied everything that the primary has written until now. */
  async waitUntilReplicated(seconds = 60) {
    await waitUntilApplied(this.primary.url, { standbys: NAMES.length - 1, seconds });
  }

  /** @returns number of connections of the apps to a server */
  async countConnections({ url }: ClusterNode, ignoredApplication: string): Promise<number> {
    const [row] = await query<{ count: number }>(
      url,
      `SELECT count(*)::int AS count FROM pg_stat_activity
       WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND application_name <> '${ignoredApplication}'`,
    );
    return row!.count;
  }

  /** Stops the network. The owner of `options.processes` stops the servers. */
  async stop() {
    for (const node of [...this.resumes.keys()]) this.resume(node);
    await Promise.all(this.nodes.map(({ upstream }) => upstream.stop()));
  }
}

/**
 * Waits until the standbys have applied everything that the primary has written until now, and at least one of them is
 * synchronous.
 *
 * @param url the primary
 */
export async function waitUntilApplied(
  url: string,
  { standbys, seconds }: { standbys: number; seconds: number },
) {
  const [written] = await query<{ position: string }>(url, 'SELECT pg_current_wal_lsn()::text AS position');
  await until(
    `${standbys} standbys to have applied everything`,
    async () => {
      const [row] = await query<{ applied: number; synchronous: number }>(
        url,
        `SELECT count(*)::int AS applied, count(*) FILTER (WHERE sync_state <> 'async')::int AS synchronous
         FROM pg_stat_replication WHERE state = 'streaming' AND replay_lsn >= '${written!.position}'`,
      );
      return row!.applied === standbys && row!.synchronous > 0;
    },
    { seconds },
  );
}
