import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { connect } from 'amqplib';
import { isAnswering, reservePort } from './ports.js';
import { STAGES, type PrintProgress } from './process-spec.js';
import type { Processes } from './processes.js';
import type { Service } from './service.js';
import { findRabbitMq, type RabbitMqInstallation } from './rabbitmq-installation.js';

export interface RabbitMq {
  url: string;
  managementUrl: string;
  service: Service;
}

export interface RabbitMqOptions {
  /** The project's folder, where unpacked packages are cached. */
  root: string;
  /** Folder for data, cookie and configuration. */
  dir: string;
  log: string;
  processes: Processes;
  printProgress: PrintProgress;
  ports?: { amqp: number; management: number };
  /** Debian release whose RabbitMQ is used, such as `trixie`; by default the installed one, or this machine's release. */
  suite?: string;
  /** The data are deleted afterwards, so the node is killed instead of stopped. */
  ephemeral?: boolean;
  /** Further settings of the Erlang application `rabbit`, such as `consumer_timeout`; a text is an Erlang term. */
  settings?: Record<string, number | string>;
}

/** The broker refuses larger messages. The same value as in deploy/; RabbitMQ's own is 16 MiB from 4.0, 128 MiB before. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

/** What the nodes of a cluster share to find each other: the port mapper, their names, and a home folder with the cookie. */
interface Cluster {
  epmdPort: number;
  home: string;
  nodes: string[];
}

/** Starts a single node. @throws RabbitMqNotFoundError if no RabbitMQ is found */
export async function startRabbitMq(options: RabbitMqOptions): Promise<RabbitMq> {
  const [node] = await startRabbitMqCluster(options, ['estoque']);
  return node!;
}

/**
 * Starts nodes and an Erlang port mapper (epmd) for them, all on 127.0.0.1. The Erlang runtime is called directly:
 * RabbitMQ's scripts fail in a path with blanks and may change the user.
 *
 * @returns the nodes in the order of `names`; each node joins the previous ones
 * @throws RabbitMqNotFoundError if no RabbitMQ is found
 */
export async function startRabbitMqCluster(options: RabbitMqOptions, names: string[]): Promise<RabbitMq[]> {
  const { dir } = options;
  const installation = await findRabbitMq(options.root, options.printProgress, options.suite);
  const epmdPort = await reservePort();
  const home = join(dir, 'home');
  mkdirSync(home, { recursive: true });
  linkPlugins(join(installation.home, 'plugins'), join(dir, 'plugins'));
  writeFileSync(join(dir, 'enabled_plugins'), '[rabbitmq_management].\n');
  await startEpmd(options, installation, { epmdPort, home });
  const cluster: Cluster = { epmdPort, home, nodes: names.map((name) => `${name}@localhost`) };
  const nodes: RabbitMq[] = [];
  for (const name of names) nodes.push(await startNode(options, installation, cluster, name));
  return nodes;
}

async function startNode(
  options: RabbitMqOptions,
  installation: RabbitMqInstallation,
  cluster: Cluster,
  name: string,
): Promise<RabbitMq> {
  const { dir, processes } = options;
  const amqp = await reservePort(options.ports?.amqp);
  const management = await reservePort(options.ports?.management);
  const isSingle = cluster.nodes.length === 1;
  const config = join(dir, isSingle ? 'rabbitmq.config' : `${name}.config`);
  writeFileSync(config, configuration(amqp, management, isSingle ? [] : cluster.nodes, options.settings));
  const plugins = join(dir, 'plugins');
  const managementUrl = `http://guest:guest@127.0.0.1:${management}`;
  const url = `amqp://guest:guest@127.0.0.1:${amqp}`;
  const service = await processes.start({
    name: isSingle ? 'rabbitmq' : `rabbitmq ${name}`,
    command: installation.erl,
    args: serverArguments(),
    env: {
      ...erlangEnvironment(installation, cluster),
      ERL_LIBS: plugins,
      ERL_MAX_ETS_TABLES: '50000',
      ERL_CRASH_DUMP: join(dir, 'erl_crash.dump'),
      RABBITMQ_HOME: installation.home,
      RABBITMQ_PLUGINS_DIR: plugins,
      RABBITMQ_NODENAME: `${name}@localhost`,
      RABBITMQ_MNESIA_BASE: join(dir, 'data'),
      RABBITMQ_LOG_BASE: join(dir, 'log'),
      RABBITMQ_LOGS: '-',
      RABBITMQ_DIST_PORT: String(await reservePort()),
      RABBITMQ_ENABLED_PLUGINS_FILE: join(dir, 'enabled_plugins'),
      RABBITMQ_CONFIG_FILE: config,
      // Files that do not exist, so that no configuration of an installed RabbitMQ is read.
      RABBITMQ_ADVANCED_CONFIG_FILE: join(dir, 'none.config'),
      RABBITMQ_CONF_ENV_FILE: join(dir, 'none.conf'),
      SYS_PREFIX: '',
    },
    cwd: dir,
    log: options.log,
    stage: STAGES.broker,
    ephemeral: options.ephemeral,
    ports: [amqp, management],
    ready: async () => (await isManagementReady(managementUrl)) && (await isAmqpReady(url)),
  });
  return { url, managementUrl, service };
}

async function startEpmd(
  { log, ephemeral, processes }: RabbitMqOptions,
  installation: RabbitMqInstallation,
  cluster: Pick<Cluster, 'epmdPort' | 'home'>,
) {
  const { epmdPort } = cluster;
  await processes.start({
    name: 'epmd',
    command: installation.epmd,
    args: ['-address', '127.0.0.1', '-port', String(epmdPort)],
    env: erlangEnvironment(installation, cluster),
    log,
    stage: STAGES.portMapper,
    ephemeral,
    ports: [epmdPort],
    ready: () => isAnswering(epmdPort),
  });
}

function erlangEnvironment(
  { erl, libraryPath }: RabbitMqInstallation,
  { epmdPort, home }: Pick<Cluster, 'epmdPort' | 'home'>,
): NodeJS.ProcessEnv {
  const { PATH, TMPDIR, TZ } = process.env;
  return {
    PATH: [dirname(erl), PATH].join(delimiter),
    ...(TMPDIR && { TMPDIR }),
    ...(TZ && { TZ }),
    ...(libraryPath && { LD_LIBRARY_PATH: libraryPath }),
    LANG: 'C.UTF-8',
    HOME: home, // contains the cookie
    ERL_EPMD_PORT: String(epmdPort),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    // RabbitMQ checks epmd once a minute and starts it if necessary. An epmd started during our stop would stay running.
    ERL_AFLAGS: '-start_epmd false',
  };
}

function serverArguments(): string[] {
  const text = `-noinput -s rabbit boot -boot start_sasl +W w +B i
    +MBas ageffcbf +MHas ageffcbf +MBlmbcs 512 +MHlmbcs 512 +MMmcs 30 +P 1048576 +t 5000000
    +sbwt none +sbwtdcpu none +sbwtdio none
    -kernel inet_dist_use_interface {127,0,0,1} -kernel prevent_overlapping_partitions false
    -syslog logger [] -syslog syslog_error_logger false`;
  return text.split(/\s+/);
}

function configuration(
  amqp: number,
  management: number,
  cluster: string[],
  settings: Record<string, number | string> = {},
): string {
  const members = cluster.map((node) => `'${node}'`).join(', ');
  const others = Object.entries(settings).map(([name, value]) => `{${name}, ${value}},`);
  // collect_statistics_interval: message counts of the management API are at most 1 s old.
  return `[
  {rabbit, [
    {tcp_listeners, [{"127.0.0.1", ${amqp}}]},
    {collect_statistics_interval, 1000},
    ${members && `{cluster_nodes, {[${members}], disc}},`}
    ${others.join(' ')}
    {max_message_size, ${MAX_MESSAGE_BYTES}},
    {disk_free_limit, 50000000}
  ]},
  {rabbitmq_management, [{tcp_config, [{ip, "127.0.0.1"}, {port, ${management}}]}]}
].
`;
}

/**
 * Creates a folder with links to the plugins in use and to their shared libraries. RabbitMQ reads every module of every
 * available plugin during its start: without the fifty unused plugins it starts in 3.7 s instead of 5.6 s.
 */
function linkPlugins(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  const available = readdirSync(from).filter(
    (name) => /-\d|\.ez$/.test(name) || existsSync(join(from, name, 'ebin')),
  );
  const withoutVersion = (name: string): string => name.replace(/(-v?\d.*|\.ez)$/, '');
  const needed = new Set(['rabbit', 'rabbitmq_management', 'rabbitmq_prelaunch']);
  for (const name of needed) {
    const folder = available.find((candidate) => withoutVersion(candidate) === name);
    const file = join(from, folder ?? name, 'ebin', `${name}.app`);
    const applications = existsSync(file)
      ? /\{applications,\s*\[([^\]]*)\]/.exec(readFileSync(file, 'utf8'))?.[1]
      : '';
    for (const application of (applications ?? '').split(','))
      needed.add(application.trim().replaceAll("'", ''));
  }
  for (const name of available) {
    if (!withoutVersion(name).startsWith('rabbitmq_') || needed.has(withoutVersion(name)))
      symlinkSync(join(from, name), join(to, name));
  }
}

async function isManagementReady(url: string): Promise<boolean> {
  const { origin, username, password } = new URL(url);
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const response = await fetch(`${origin}/api/overview`, {
    headers: { authorization },
    signal: AbortSignal.timeout(2_000),
  });
  return response.ok;
}

async function isAmqpReady(url: string): Promise<boolean> {
  const connection = await connect(url, { timeout: 2_000 });
  await connection.close();
  return true;
}
