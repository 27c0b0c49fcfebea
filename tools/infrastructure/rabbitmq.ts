import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { connect } from 'amqplib';
import { canUnpackDebianPackages, findExecutable, unpackDebianPackage } from './debian-packages.js';
import { answers, reservePort } from './ports.js';
import type { Processes, Say, Service } from './processes.js';

export interface RabbitMq {
  url: string;
  managementUrl: string;
  service: Service;
}

export interface RabbitMqOptions {
  /** The project's folder; unpacked packages are kept below it. */
  root: string;
  /** Everything of this node: data, cookie, configuration. */
  dir: string;
  log: string;
  processes: Processes;
  say: Say;
  ports?: { amqp: number; management: number };
  /** The data are wiped afterwards, so the node needn't be stopped with care. */
  expendable?: boolean;
}

/** Where an Erlang runtime and a RabbitMQ are found. */
interface Installation {
  erl: string;
  epmd: string;
  home: string;
  libraryPath: string;
}

/** Neither installed nor to be had from Debian packages: the caller may know another way. */
export class NoRabbitMq extends Error {}

/** Where a cluster's nodes find each other: their own port mapper, their names, one home with one cookie. */
interface Cluster {
  epmdPort: number;
  home: string;
  nodes: string[];
}

/** A single node. */
export async function startRabbitMq(options: RabbitMqOptions): Promise<RabbitMq> {
  const [node] = await startRabbitMqCluster(options, ['estoque']);
  return node!;
}

/**
 * Nodes of our own with an Erlang port mapper (epmd) of their own, everything on 127.0.0.1. The Erlang runtime is
 * called directly and not through RabbitMQ's scripts, which can't live in a path with blanks and may change user.
 *
 * @returns the nodes in the order of their names; each joins those before it
 */
export async function startRabbitMqCluster(options: RabbitMqOptions, names: string[]): Promise<RabbitMq[]> {
  const { dir } = options;
  const installation = await findRabbitMq(options.root, options.say);
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
  installation: Installation,
  cluster: Cluster,
  name: string,
): Promise<RabbitMq> {
  const { dir, processes } = options;
  const amqp = await reservePort(options.ports?.amqp);
  const management = await reservePort(options.ports?.management);
  const isSingle = cluster.nodes.length === 1;
  const config = join(dir, isSingle ? 'rabbitmq.config' : `${name}.config`);
  writeFileSync(config, configuration(amqp, management, isSingle ? [] : cluster.nodes));
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
      // Files that don't exist: nothing of the machine's own RabbitMQ is to be read.
      RABBITMQ_ADVANCED_CONFIG_FILE: join(dir, 'none.config'),
      RABBITMQ_CONF_ENV_FILE: join(dir, 'none.conf'),
      SYS_PREFIX: '',
    },
    cwd: dir,
    log: options.log,
    stage: 2,
    expendable: options.expendable,
    ports: [amqp, management],
    ready: async () => (await managementAnswers(managementUrl)) && (await amqpAnswers(url)),
  });
  return { url, managementUrl, service };
}

async function startEpmd(
  { log, expendable, processes }: RabbitMqOptions,
  installation: Installation,
  cluster: Pick<Cluster, 'epmdPort' | 'home'>,
) {
  const { epmdPort } = cluster;
  await processes.start({
    name: 'epmd',
    command: installation.epmd,
    args: ['-address', '127.0.0.1', '-port', String(epmdPort)],
    env: erlangEnvironment(installation, cluster),
    log,
    stage: 1,
    expendable,
    ports: [epmdPort],
    ready: () => answers(epmdPort),
  });
}

function erlangEnvironment(
  { erl, libraryPath }: Installation,
  { epmdPort, home }: Pick<Cluster, 'epmdPort' | 'home'>,
): NodeJS.ProcessEnv {
  const { PATH, TMPDIR, TZ } = process.env;
  return {
    PATH: [dirname(erl), PATH].join(delimiter),
    ...(TMPDIR && { TMPDIR }),
    ...(TZ && { TZ }),
    ...(libraryPath && { LD_LIBRARY_PATH: libraryPath }),
    LANG: 'C.UTF-8',
    HOME: home, // the cookie lies there
    ERL_EPMD_PORT: String(epmdPort),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    // RabbitMQ looks after epmd too, once a minute: one that it started while we stop would be nobody's.
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

function configuration(amqp: number, management: number, cluster: string[]): string {
  const members = cluster.map((node) => `'${node}'`).join(', ');
  // collect_statistics_interval: queue counts over HTTP are at most 1 s old.
  return `[
  {rabbit, [
    {tcp_listeners, [{"127.0.0.1", ${amqp}}]},
    {collect_statistics_interval, 1000},
    ${members && `{cluster_nodes, {[${members}], disc}},`}
    {disk_free_limit, 50000000}
  ]},
  {rabbitmq_management, [{tcp_config, [{ip, "127.0.0.1"}, {port, ${management}}]}]}
].
`;
}

/**
 * A folder of links to the plugins we use and to the libraries they share. RabbitMQ looks into every module of
 * every plugin it can see while it boots: without the fifty we don't use it starts in 3.7 s instead of 5.6 s.
 */
function linkPlugins(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  const all = readdirSync(from).filter(
    (name) => /-\d|\.ez$/.test(name) || existsSync(join(from, name, 'ebin')),
  );
  const subject = (name: string): string => name.replace(/(-v?\d.*|\.ez)$/, '');
  const needed = new Set(['rabbit', 'rabbitmq_management', 'rabbitmq_prelaunch']);
  for (const name of needed) {
    const folder = all.find((each) => subject(each) === name);
    const file = join(from, folder ?? name, 'ebin', `${name}.app`);
    const listed = existsSync(file)
      ? /\{applications,\s*\[([^\]]*)\]/.exec(readFileSync(file, 'utf8'))?.[1]
      : '';
    for (const need of (listed ?? '').split(',')) needed.add(need.trim().replaceAll("'", ''));
  }
  for (const name of all) {
    if (!subject(name).startsWith('rabbitmq_') || needed.has(subject(name)))
      symlinkSync(join(from, name), join(to, name));
  }
}

async function managementAnswers(url: string): Promise<boolean> {
  const { origin, username, password } = new URL(url);
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const response = await fetch(`${origin}/api/overview`, {
    headers: { authorization },
    signal: AbortSignal.timeout(2_000),
  });
  return response.ok;
}

async function amqpAnswers(url: string): Promise<boolean> {
  const connection = await connect(url, { timeout: 2_000 });
  await connection.close();
  return true;
}

async function findRabbitMq(root: string, say: Say): Promise<Installation> {
  const installed = installedRabbitMq();
  if (installed) return installed;
  if (!canUnpackDebianPackages()) throw new NoRabbitMq('no rabbitmq-server is installed');
  try {
    const { root: unpacked, libraryPath } = await unpackDebianPackage(
      root,
      'rabbitmq-server',
      /^(erlang-|lib|zlib)/,
      say,
      { finish: makeRelocatable },
    );
    const home = rabbitHome(join(unpacked, 'usr/lib/rabbitmq/lib'));
    if (!home) throw new Error('the package holds no RabbitMQ');
    const bin = join(unpacked, 'usr/lib/erlang/bin');
    return { erl: join(bin, 'erl'), epmd: join(bin, 'epmd'), home, libraryPath };
  } catch (error) {
    throw new NoRabbitMq(
      `no rabbitmq-server is installed, and it couldn't be fetched: ${(error as Error).message}`,
      { cause: error },
    );
  }
}

/** The scripts name the folder they were built for; they are to find the one they lie in, moved or not. */
function makeRelocatable(unpacked: string): void {
  const erlang = join(unpacked, 'usr/lib/erlang');
  const runtimes = readdirSync(erlang).filter((name) => name.startsWith('erts-'));
  const scripts = [['bin', '/..'], ...runtimes.map((name) => [`${name}/bin`, '/../..'])];
  for (const [folder, up] of scripts) {
    const script = join(erlang, folder!, 'erl');
    if (!existsSync(script)) continue;
    const own = `ROOTDIR="$(cd "$(dirname "$0")${up}" && pwd)"`;
    writeFileSync(script, readFileSync(script, 'utf8').replaceAll(/^(\s*)ROOTDIR=\/.*$/gm, `$1${own}`));
  }
}

function installedRabbitMq(): Installation | undefined {
  const erl = findExecutable('erl');
  const server = findExecutable('rabbitmq-server');
  if (!erl || !server) return undefined;
  // Debian's command is a wrapper that lies elsewhere; everybody else's lies (linked) in <home>/sbin.
  const beside = dirname(dirname(realpathSync(server)));
  const home = existsSync(join(beside, 'plugins')) ? beside : rabbitHome('/usr/lib/rabbitmq/lib');
  const epmd = [join(dirname(realpathSync(erl)), 'epmd'), findExecutable('epmd')].find(
    (file) => file && existsSync(file),
  );
  return home && epmd ? { erl, epmd, home, libraryPath: '' } : undefined;
}

function rabbitHome(parent: string): string | undefined {
  if (!existsSync(parent)) return undefined;
  const found = readdirSync(parent).filter((name) => existsSync(join(parent, name, 'plugins')));
  return found.length > 0 ? join(parent, found.sort().at(-1)!) : undefined;
}
