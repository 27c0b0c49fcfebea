import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PatroniPrograms, Program } from './patroni-programs.js';
import { isAnswering, reservePort } from './ports.js';
import type { PostgresUser } from './postgres-user.js';
import { STAGES, type ProcessSpec } from './process-spec.js';
import type { Processes } from './processes.js';
import type { Service } from './service.js';

/** What the servers of one Patroni cluster share. */
export interface PatroniOptions {
  dir: string;
  log: string;
  processes: Processes;
  programs: PatroniPrograms;
  postgresUser: PostgresUser;
  password: string;
}

/** A PostgreSQL server and the Patroni that manages it. */
export interface PatroniNode {
  name: string;
  data: string;
  port: number;
  restPort: number;
  /** Patroni; the server is no child of it. */
  service: Service;
}

/**
 * A lost primary is replaced after `ttl` seconds. Patroni requires loop_wait + 2 * retry_timeout <= ttl. Without the strict
 * mode, a new primary answers commits before it has a standby.
 */
const DCS = {
  ttl: 10,
  loop_wait: 1,
  retry_timeout: 3,
  synchronous_mode: true,
  synchronous_mode_strict: true,
};

/** Starts etcd, in which Patroni keeps which server is the primary. @returns its port */
export async function startEtcd({ dir, log, processes, programs }: PatroniOptions): Promise<number> {
  const [port, peerPort] = [await reservePort(), await reservePort()];
  const [client, peer] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${peerPort}`];
  const addresses = `--listen-client-urls ${client} --advertise-client-urls ${client} --listen-peer-urls ${peer}
    --initial-advertise-peer-urls ${peer} --initial-cluster default=${peer}`;
  await processes.start({
    ...processOf('etcd', programs.etcd, ['--data-dir', join(dir, 'etcd'), ...addresses.split(/\s+/)]),
    log,
    stage: STAGES.consensus,
    ports: [port],
    ready: async () => (await fetch(`${client}/health`)).ok,
  });
  return port;
}

/** Starts Patroni, which creates the server's data: the first node initializes them, the others copy them. */
export async function startPatroniNode(
  options: PatroniOptions,
  name: string,
  etcdPort: number,
): Promise<PatroniNode> {
  const { dir, log, processes, programs, postgresUser } = options;
  const [port, restPort] = [await reservePort(), await reservePort()];
  const data = join(dir, name);
  const config = join(dir, `${name}.json`);
  // JSON is YAML.
  writeFileSync(config, JSON.stringify(configuration(options, { name, data, port, restPort, etcdPort })), {
    mode: 0o600,
  });
  if (postgresUser.owner) chownSync(config, postgresUser.owner.uid, postgresUser.owner.gid);
  const { command, args, env } = programs.patroni;
  const [first, ...rest] = [...postgresUser.prefix, command, ...args, config];
  const service = await processes.start({
    ...processOf(`patroni ${name}`, { command: first, args: rest, env }, []),
    cwd: dir,
    user: postgresUser.user,
    log,
    stage: STAGES.database,
    ports: [restPort],
    readyWithinMs: 120_000,
    ready: async () => (await fetch(`http://127.0.0.1:${restPort}/health`)).ok,
  });
  return { name, data, port, restPort, service };
}

function configuration(
  { dir, programs, password }: PatroniOptions,
  { name, data, port, restPort, etcdPort }: Omit<PatroniNode, 'service'> & { etcdPort: number },
) {
  const address = `127.0.0.1:${port}`;
  const restAddress = `127.0.0.1:${restPort}`;
  const parameters = {
    max_connections: 300,
    wal_keep_size: '1GB',
    wal_sender_timeout: '5s',
    wal_receiver_timeout: '5s',
  };
  return {
    scope: 'estoque',
    name,
    restapi: { listen: restAddress, connect_address: restAddress },
    etcd3: { host: `127.0.0.1:${etcdPort}` },
    bootstrap: {
      dcs: { ...DCS, postgresql: { use_pg_rewind: true, parameters } },
      initdb: [{ encoding: 'UTF8' }, { locale: 'C.UTF-8' }],
    },
    postgresql: {
      listen: address,
      connect_address: address,
      data_dir: data,
      bin_dir: programs.postgresBinaries,
      pgpass: join(dir, `pgpass-${name}`),
      authentication: {
        superuser: { username: 'postgres', password },
        replication: { username: 'replicator', password },
      },
      parameters: { unix_socket_directories: '' },
      pg_hba: ['all', 'replication'].map((database) => `host ${database} all 127.0.0.1/32 scram-sha-256`),
    },
  };
}

/** Starts HAProxy: one address that leads to the server which Patroni calls the primary. */
export async function startHaProxy(
  { dir, log, processes, programs }: PatroniOptions,
  nodes: Pick<PatroniNode, 'name' | 'port' | 'restPort'>[],
): Promise<{ port: number; service: Service }> {
  const port = await reservePort();
  const config = join(dir, 'haproxy.cfg');
  mkdirSync(dir, { recursive: true });
  const servers = nodes.map(
    (node) => `  server ${node.name} 127.0.0.1:${node.port} check port ${node.restPort}`,
  );
  writeFileSync(
    config,
    `defaults
  mode tcp
  timeout connect 2s
  timeout client 30m
  timeout server 30m
  timeout check 1s
listen primary
  bind 127.0.0.1:${port}
  option httpchk OPTIONS /primary
  http-check expect status 200
  default-server inter 500ms fall 2 rise 1 on-marked-down shutdown-sessions
${servers.join('\n')}
`,
  );
  const service = await processes.start({
    ...processOf('haproxy', programs.haproxy, ['-db', '-f', config]),
    log,
    stage: STAGES.database,
    ports: [port],
    ready: () => isAnswering(port),
  });
  return { port, service };
}

function processOf(
  name: string,
  { command, args, env }: Program,
  more: string[],
): Pick<ProcessSpec, 'name' | 'command' | 'args' | 'env'> {
  return { name, command, args: [...args, ...more], env };
}
