import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findPatroniPrograms } from '../../../tools/infrastructure/patroni-programs.js';
import {
  startEtcd,
  startHaProxy,
  startPatroniNode,
  type PatroniNode,
  type PatroniOptions,
} from '../../../tools/infrastructure/patroni.js';
import { findPostgres } from '../../../tools/infrastructure/postgres-installation.js';
import { haltServer, killServer } from '../../../tools/infrastructure/server-signals.js';
import { ensureDatabase } from '../../../tools/infrastructure/postgres.js';
import type { PrintProgress } from '../../../tools/infrastructure/process-spec.js';
import type { Processes } from '../../../tools/infrastructure/processes.js';
import type { Service } from '../../../tools/infrastructure/service.js';
import { until } from '../../support/until.js';
import { waitUntilApplied } from './database-cluster.js';

const [FIRST, ...OTHERS] = ['one', 'two', 'three'] as const;

/** Three PostgreSQL servers that Patroni manages. It keeps its state in etcd; HAProxy leads to the primary. */
export class PatroniCluster {
  /** The address of the primary, for the apps and for the fault injector. */
  readonly primary: { url: string; service: Service };
  private readonly resumes = new Map<PatroniNode, () => void>();

  private constructor(
    readonly nodes: PatroniNode[],
    haproxy: { port: number; service: Service },
    password: string,
  ) {
    const url = `postgresql://postgres:${password}@127.0.0.1:${haproxy.port}/estoque`;
    this.primary = { url, service: haproxy.service };
    // The servers are no children of a recorded process, and would stay if Patroni is killed.
    process.once('exit', () => nodes.forEach(killServerOf));
  }

  static async start(options: {
    root: string;
    dir: string;
    log: string;
    processes: Processes;
    printProgress: PrintProgress;
  }) {
    const { root, dir, log, processes, printProgress } = options;
    mkdirSync(dir, { recursive: true });
    const programs = await findPatroniPrograms(root, printProgress);
    const { postgresUser } = await findPostgres(root, dir, programs.postgresBinaries);
    const password = randomBytes(18).toString('base64url');
    const shared: PatroniOptions = { dir, log, processes, programs, postgresUser, password };
    const etcdPort = await startEtcd(shared);
    const first = await startPatroniNode(shared, FIRST, etcdPort);
    await until('the first server to be the primary', () => isPrimary(first), { seconds: 60 });
    const others = await Promise.all(OTHERS.map((name) => startPatroniNode(shared, name, etcdPort)));
    const nodes = [first, ...others];
    const cluster = new PatroniCluster(nodes, await startHaProxy(shared, nodes), password);
    await until('the database', async () => (await ensureDatabase(cluster.primary.url), true));
    await cluster.waitUntilReplicated();
    return cluster;
  }

  /** Waits until Patroni has a primary, other than `previous`. */
  waitForPrimary(previous?: PatroniNode, seconds = 60): Promise<PatroniNode> {
    return until(
      'a primary',
      async () => {
        for (const node of this.nodes) if (node !== previous && (await isPrimary(node))) return node;
        return undefined;
      },
      { seconds },
    );
  }

  /** Kills a server and its Patroni, as a loss of power does. */
  async kill(node: PatroniNode) {
    this.resumes.delete(node);
    const stopping = node.service.stop(true);
    killServerOf(node);
    await stopping;
  }

  /** Halts a server and its Patroni, as a machine that hangs. */
  halt(node: PatroniNode) {
    const postmaster = postmasterOf(node);
    const resumes = [node.service.pid, postmaster].map((pid) => haltServer(pid!));
    this.resumes.set(node, () => resumes.forEach((resume) => resume()));
  }

  resume(node: PatroniNode) {
    this.resumes.get(node)?.();
    this.resumes.delete(node);
  }

  /** Asks Patroni for a planned switchover. */
  async switchOver({ name, restPort }: PatroniNode) {
    const response = await fetch(`http://127.0.0.1:${restPort}/switchover`, {
      method: 'POST',
      body: JSON.stringify({ leader: name }),
    });
    if (!response.ok) throw new Error(`switchover: ${response.status} ${await response.text()}`);
  }

  /** Ends every fault: all servers run. Patroni makes them follow the primary. */
  async restore() {
    for (const node of this.nodes) {
      this.resume(node);
      if (node.service.pid === undefined) await node.service.start();
    }
  }

  async waitUntilReplicated(seconds = 90) {
    await waitUntilApplied(this.primary.url, { standbys: OTHERS.length, seconds });
  }

  stop() {
    for (const node of this.nodes) this.resume(node);
    return Promise.resolve();
  }
}

async function isPrimary({ restPort }: PatroniNode): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(1_000);
    return (await fetch(`http://127.0.0.1:${restPort}/primary`, { signal })).ok;
  } catch {
    return false;
  }
}

/** @returns process id of a running server */
function postmasterOf({ data }: PatroniNode): number | undefined {
  try {
    const pid = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]);
    // The file of a killed server stays, and its process id can belong to another process.
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(data) ? pid : undefined;
  } catch {
    return undefined;
  }
}

function killServerOf(node: PatroniNode) {
  const postmaster = postmasterOf(node);
  if (postmaster !== undefined) killServer(postmaster);
}
