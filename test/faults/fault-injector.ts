import { connect, type ConfirmChannel } from 'amqplib';
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { NODE_FLAGS } from '../../tools/apps.js';
import { writeAtomically } from '../../tools/infrastructure/files.js';
import { identityOf } from '../../tools/infrastructure/identity.js';
import { reservePort } from '../../tools/infrastructure/ports.js';
import { startPostgres, type Postgres } from '../../tools/infrastructure/postgres.js';
import type { Processes, Service } from '../../tools/infrastructure/processes.js';
import { startRabbitMq, startRabbitMqCluster, type RabbitMq } from '../../tools/infrastructure/rabbitmq.js';
import { askManagement, reportsBrokerOutage } from '../support/broker.js';
import { until } from '../support/until.js';
import { Load, type Item, type Shop } from './load.js';
import { MailSink } from './mail-sink.js';
import { DEPENDENCIES, Proxy, type Dependency } from './proxy.js';
import { Random } from './random.js';
import type { Step } from './wire.js';

export const WORKERS = ['order-worker', 'stock-worker', 'notify-worker'] as const;
export const APPS = ['api', ...WORKERS] as const;
export type App = (typeof APPS)[number];
export const QUEUE_OF = {
  'order-worker': 'order_queue',
  'stock-worker': 'stock_queue',
  'notify-worker': 'notify_queue',
} as const;
export const EXCHANGE = 'stock_events';
const DEAD_LETTERS = 'dead_letter_queue';
export const DOMAIN = 'estoque.example';

export interface FaultInjectorOptions {
  root: string;
  /** Everything of this run; whoever starts it wipes it. */
  dir: string;
  /** The built apps. */
  dist: string;
  processes: Processes;
  seed: number;
  /** The built apps of another version, to run beside these. */
  beside?: string;
  /** Three brokers that share their queues, instead of one. */
  cluster?: boolean;
  /** Of all apps, on top of what the rig gives them. */
  environment?: Record<string, string>;
  say: (text: string) => void;
}

/** An event of the day, as one of the apps published it. */
export interface Recorded {
  key: string;
  body: Buffer;
}

/** One process of an app. */
export interface Replica {
  url: string;
  service: Service;
}

/** A message that was given up, wherever it is kept. */
export interface DeadLetter {
  reason: string;
  body: Buffer;
}

/** A time in which a mail may have been sent whose sender couldn't note it any more. */
export interface Disruption {
  from: number;
  to: number;
}

const run = promisify(execFile);

/** The whole system in processes of its own, as in production, with a proxy on each of its wires. */
export class FaultInjector {
  readonly random: Random;
  readonly sink = new MailSink();
  readonly apps = new Map<App, Service>();
  /** Every event that went out to the exchange, once. */
  readonly day = new Map<string, Recorded>();
  readonly disruptions: Disruption[] = [];
  /** What was on the shelves before anybody bought anything, by product. */
  readonly opening = new Map<number, number>();
  /** Orders that an earlier fault left undone: reported once, and at the end where they still are. */
  readonly givenUp = new Set<number>();
  shop!: Shop;
  load!: Load;
  postgres!: Postgres;
  nodes!: RabbitMq[];
  vhost = '/';
  private readonly proxies = new Map<string, Proxy>();
  private readonly urls = new Map<App, string>();
  private pool!: pg.Pool;
  /** By id, not by the highest one: a large letter is committed after smaller ones that came later. */
  private readonly seenDeadLetters = new Set<number>();
  private rate = 0;

  private constructor(readonly options: FaultInjectorOptions) {
    this.random = new Random(options.seed);
  }

  static async start(options: FaultInjectorOptions) {
    const rig = new FaultInjector(options);
    mkdirSync(options.dir, { recursive: true });
    // By this a later run finds what a killed one left.
    writeAtomically(join(options.dir, 'launcher.json'), JSON.stringify(identityOf(process.pid)));
    await Promise.all([rig.startPostgres(), rig.startRabbitMq(), rig.sink.start()]);
    await Promise.all(APPS.map((app) => rig.startApp(app)));
    await Promise.all(APPS.map((app) => rig.ready(app)));
    await rig.openShop();
    return rig;
  }

  /** A node that runs, where one does. */
  get rabbitmq(): RabbitMq {
    return this.nodes.find(({ service }) => service.pid !== undefined) ?? this.nodes[0]!;
  }

  /** Servers are stopped by whoever owns the processes; this is the rest. The apps have nothing left to lose. */
  async stop() {
    await this.load?.stop();
    await Promise.all([...this.apps.values()].map((service) => service.stop(true)));
    await Promise.all([...this.proxies.values()].map((proxy) => proxy.stop()));
    await this.sink.stop();
    await this.pool?.end();
  }

  private async startPostgres() {
    const { root, dir, dist, processes } = this.options;
    this.postgres = await startPostgres({
      ...{ root, processes },
      dir: join(dir, 'postgres'),
      log: this.logOf('postgres'),
    });
    this.pool = new pg.Pool({ connectionString: this.postgres.url, max: 4, application_name: 'rig' });
    this.pool.on('error', () => undefined); // when it is stopped; whoever asks then is told
    const script = join(dist, 'libs', 'domain', 'src', 'database', 'migrate.js');
    const env = { PATH: process.env.PATH, DATABASE_URL: this.postgres.url };
    await run(process.execPath, [script], { cwd: dir, env });
  }

  private async startRabbitMq() {
    const { root, dir, processes, say, cluster } = this.options;
    const options = {
      ...{ root, processes, say },
      dir: join(dir, 'rabbitmq'),
      log: this.logOf('rabbitmq'),
    };
    this.nodes = cluster
      ? await startRabbitMqCluster(options, ['one', 'two', 'three'])
      : [await startRabbitMq(options)];
  }

  private async startApp(app: App) {
    const { dist } = this.options;
    const targets: Record<Dependency, number> = {
      postgres: Number(new URL(this.postgres.url).port),
      rabbitmq: Number(new URL(this.nodes[0]!.url).port),
      smtp: this.sink.port,
    };
    for (const neighbour of DEPENDENCIES) {
      const proxy = await Proxy.start(neighbour, targets[neighbour], () => this.kill(app));
      this.proxies.set(`${app} ${neighbour}`, proxy);
    }
    this.proxy(app, 'rabbitmq').onStep((step) => this.record(step));
    const { url, service } = await this.run(app, app, dist);
    this.urls.set(app, url);
    this.apps.set(app, service);
  }

  /** A second one of an app, of the other version where there is one; by the proxies of the first. */
  startReplica(app: App): Promise<Replica> {
    const { dist, beside = dist } = this.options;
    return this.run(app, `${app}-2`, beside);
  }

  private async run(app: App, name: string, dist: string): Promise<Replica> {
    const port = await reservePort();
    const url = `http://127.0.0.1:${port}`;
    const recipe = {
      name,
      command: process.execPath,
      args: [...NODE_FLAGS, join(dist, 'apps', app, 'src', 'main.js')],
      env: this.environment(app, port),
      cwd: this.options.dir, // where no .env of anybody's lies
      log: this.logOf(name),
      stage: 4,
      ports: [port],
      // Alive is enough: in a fault, its neighbours may be away.
      ready: async () => (await fetch(`${url}/health/live`, { signal: AbortSignal.timeout(2_000) })).ok,
      backoffMs: [200],
    };
    return { url, service: await this.options.processes.start(recipe) };
  }

  private environment(app: App, port: number): NodeJS.ProcessEnv {
    const database = new URL(this.postgres.url);
    database.port = String(this.proxy(app, 'postgres').port);
    return {
      PATH: process.env.PATH,
      ENV: 'production',
      HOST: '127.0.0.1',
      PORT: String(port),
      DATABASE_URL: database.href,
      // Of a cluster, one node by way of the proxy.
      RABBITMQ_URL: [
        this.brokerUrl(this.proxy(app, 'rabbitmq').port),
        ...this.nodes.slice(1).map(({ url }) => this.brokerUrl(Number(new URL(url).port))),
      ].join(','),
      SMTP_URL: `smtp://127.0.0.1:${this.proxy(app, 'smtp').port}`,
      MAIL_FROM: `Estoque <no-reply@${DOMAIN}>`,
      STOCK_ALERT_EMAIL: `stock@${DOMAIN}`,
      RETRY_DELAYS_MS: '500,1000,3000,8000',
      RESERVATION_TTL_SECONDS: '1800',
      STUCK_AFTER_SECONDS: '10,10,15',
      POLL_INTERVAL_MS: '1000',
      ...this.options.environment,
    };
  }

  private brokerUrl(port: number) {
    const url = new URL(this.rabbitmq.url);
    url.port = String(port);
    url.pathname = this.vhost === '/' ? '' : `/${this.vhost}`;
    return url.href;
  }

  /** Products with stock, through the API as anybody would do it. */
  private async openShop() {
    this.load = new Load(this.url('api'), this.random);
    const plenty: number[] = [];
    for (let i = 0; i < 12; i++) plenty.push(await this.addProduct(1_000_000));
    const scarce = [await this.addProduct(60), await this.addProduct(120), await this.addProduct(0)];
    this.shop = { hot: await this.addProduct(1_000_000), plenty, scarce };
  }

  /** @returns its id */
  async addProduct(onHand: number): Promise<number> {
    const call = async (path: string, body: object) => {
      const response = await fetch(this.url('api') + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${await response.text()}`);
      return (await response.json()) as { id: number };
    };
    const sku = `RIG-${this.opening.size + 1}`;
    const product = { sku, name: `Product ${sku}`, price: 1_250, currency: 'BRL', reorder_point: 5 };
    const { id } = await call('/v1/products', product);
    this.opening.set(id, onHand);
    if (onHand > 0)
      await call(`/v1/products/${id}/stock/receipts`, { quantity: onHand, reason: 'opening stock' });
    return id;
  }

  // The apps

  url(app: App) {
    return this.urls.get(app)!;
  }

  logOf(name: string) {
    return join(this.options.dir, 'logs', `${name}.log`);
  }

  proxy(app: App, neighbour: Dependency) {
    return this.proxies.get(`${app} ${neighbour}`)!;
  }

  proxiesTo(neighbour: Dependency) {
    return APPS.map((app) => this.proxy(app, neighbour));
  }

  service(app: App) {
    return this.apps.get(app)!;
  }

  /** kill -9; it is started again at once, as a supervisor would. */
  kill(app: App) {
    if (app === 'notify-worker') this.disrupt()();
    this.service(app).kill('SIGKILL');
  }

  /** From now on, until what it returns is called. */
  disrupt() {
    const disruption = { from: Date.now(), to: Infinity };
    this.disruptions.push(disruption);
    return () => void (disruption.to = Date.now());
  }

  /** Stops it as a roll-out does. @returns its exit code */
  async stopApp(app: App) {
    const service = this.service(app);
    await until(`${app} to run`, () => service.pid, { seconds: 60 });
    await service.stop();
    return service.ended?.code;
  }

  async restartApp(app: App) {
    await this.service(app).start();
    await this.ready(app);
  }

  /** Its readiness; status 0 where it doesn't answer. */
  async health(app: App, url = this.url(app)): Promise<{ status: number; text: string }> {
    try {
      const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(3_000) });
      return { status: response.status, text: await response.text() };
    } catch (error) {
      return { status: 0, text: String(error) };
    }
  }

  /** Ready, with the broker there: the api is ready without it as well. */
  async ready(app: App, seconds = 60) {
    const check = async () => {
      const { status, text } = await this.health(app);
      return status === 200 && !reportsBrokerOutage(text);
    };
    await until(`${app} to be ready`, check, { seconds });
  }

  /** Its health tells that the broker is away: workers are not ready, the api is ready and says so. */
  async withoutBroker(app: App, seconds: number) {
    const check = async () => {
      const { status, text } = await this.health(app);
      return app === 'api' ? status === 200 && reportsBrokerOutage(text) : status !== 200;
    };
    await until(`${app} to say that the broker is away`, check, { seconds });
  }

  async red(app: App, seconds: number) {
    await until(`${app} to say that it isn't ready`, async () => (await this.health(app)).status !== 200, {
      seconds,
    });
  }

  /** Resident memory in megabytes; 0 while it doesn't run. */
  memory(app: App) {
    try {
      const status = readFileSync(`/proc/${this.service(app).pid}/status`, 'utf8');
      return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
    } catch {
      return 0;
    }
  }

  // The database

  async sql<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.pool.query(text, values)).rows as Row[];
  }

  /** All of it at one moment. */
  async snapshot<Result>(
    work: (sql: (text: string, values: unknown[]) => Promise<unknown[]>) => Promise<Result>,
  ) {
    const client = await this.pool.connect();
    try {
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      return await work(async (text, values) => (await client.query(text, values)).rows as unknown[]);
    } finally {
      await client.query('ROLLBACK').catch(() => undefined);
      client.release();
    }
  }

  // The broker

  private record({ name, text, body }: Step) {
    const [exchange, key] = text.split(' ');
    if (name !== 'published' || exchange !== EXCHANGE) return;
    // A copy: the piece is part of a larger buffer, which would be kept.
    this.day.set(eventIdOf(body!), { key: key!, body: Buffer.from(body!) });
  }

  management<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    return askManagement(this.rabbitmq.managementUrl, method, path, body);
  }

  get vhostPath() {
    return encodeURIComponent(this.vhost);
  }

  /** Messages ready in a queue, this moment. */
  readyIn(queue: string) {
    return this.onChannel(async (channel) => (await channel.checkQueue(queue)).messageCount);
  }

  /**
   * Messages in the work queues, and those that wait to be tried again. The broker's own count of those that are
   * delivered and not yet acknowledged is some seconds old, so that of the ready ones is asked for as well.
   */
  async waiting(): Promise<number> {
    const queues = await this.management<{ name: string; messages?: number }[]>(
      'GET',
      `/api/queues/${this.vhostPath}`,
    );
    const work: string[] = Object.values(QUEUE_OF);
    const retries = queues.map(({ name }) => name).filter((name) => name.startsWith('retry_queue_'));
    let sum = 0;
    // Retries first: what comes back from there meanwhile is seen in the work queues.
    for (const name of [...retries, ...work]) {
      const counted = queues.find((queue) => queue.name === name)?.messages ?? 0;
      sum += Math.max(work.includes(name) ? counted : 0, await this.readyIn(name));
    }
    return sum;
  }

  /** On a connection of our own, straight to the broker. */
  async onChannel<Result>(work: (channel: ConfirmChannel) => Promise<Result>): Promise<Result> {
    const connection = await connect(this.brokerUrl(Number(new URL(this.rabbitmq.url).port)));
    connection.on('error', () => undefined);
    try {
      return await work(await connection.createConfirmChannel());
    } finally {
      await connection.close().catch(() => undefined);
    }
  }

  /** As the apps publish. */
  async publish(messages: Recorded[]) {
    await this.onChannel(async (channel) => {
      for (const [index, { key, body }] of messages.entries()) {
        channel.publish(EXCHANGE, key, body, { persistent: true, contentType: 'application/json' });
        if (index % 500 === 499) await channel.waitForConfirms();
      }
      await channel.waitForConfirms();
    });
  }

  /** Runs an Erlang expression on the broker's node. */
  async rpc(module: string, call: string, args: string): Promise<string> {
    const { command, env } = this.rabbitmq.service.recipe;
    const code = `io:format("~p", [rpc:call('estoque@localhost', ${module}, ${call}, ${args})]), halt().`;
    const { stdout } = await run(
      command,
      [
        ...['-noinput', '-hidden', '-sname', `rig${process.pid}@localhost`],
        ...['-kernel', 'inet_dist_use_interface', '{127,0,0,1}', '-eval', code],
      ],
      { env, cwd: this.options.dir, timeout: 30_000 },
    );
    return stdout;
  }

  /** All apps to an empty virtual host. They must be stopped. */
  async moveToVhost(name: string) {
    await this.management('PUT', `/api/vhosts/${name}`);
    this.vhost = name;
    for (const app of APPS)
      this.service(app).recipe.env.RABBITMQ_URL = this.brokerUrl(this.proxy(app, 'rabbitmq').port);
  }

  /** What was parked since it was asked last: taken off the queue, or read where a collector keeps it. */
  async newDeadLetters(): Promise<DeadLetter[]> {
    const found = await this.onChannel(async (channel) => {
      const letters: DeadLetter[] = [];
      if (await this.hasCollector()) return letters;
      for (;;) {
        const message = await channel.get(DEAD_LETTERS, { noAck: true });
        if (!message) return letters;
        const {
          dead_letter_from,
          dead_letter_reason,
          'x-first-death-reason': death,
        } = message.properties.headers ?? {};
        letters.push({
          reason: `${dead_letter_from ?? ''} ${dead_letter_reason ?? death ?? ''}`,
          body: message.content,
        });
      }
    });
    if (!(await this.hasCollector())) return found;
    const rows = await this.sql<{ id: string; reason: string; body: Buffer }>(
      `SELECT id, concat_ws(' ', queue, reason, error) AS reason, body FROM dead_letters WHERE id <> ALL ($1) ORDER BY id`,
      [[...this.seenDeadLetters]],
    );
    for (const { id } of rows) this.seenDeadLetters.add(Number(id));
    return rows;
  }

  private async hasCollector() {
    return (await this.sql(`SELECT 1 WHERE to_regclass('dead_letters') IS NOT NULL`)).length > 0;
  }

  /** The load as it was, or from now on. */
  resumeLoad(rate = this.rate) {
    this.rate = rate;
    this.load.start(this.shop, rate);
  }

  /** An order placed and accepted, whatever happens around it. */
  async accepted(items: Item[], name?: string) {
    const placed = await this.load.place(items, name);
    if (placed.id === undefined) throw new Error(`an order was answered with ${placed.status}`);
    return { ...placed, id: placed.id };
  }

  /** Ends every fault that is still on. */
  async heal() {
    for (const proxy of this.proxies.values()) {
      proxy.disarm();
      proxy.speakAgain();
    }
    for (const service of [this.postgres.service, ...this.nodes.map(({ service }) => service)])
      if (service.pid === undefined) await service.start();
    for (const app of APPS) {
      const service = this.service(app);
      service.kill('SIGCONT');
      // One that died comes back by itself; one that was stopped doesn't.
      await until(`${app} to run`, () => service.pid, { seconds: 3 }).catch(() => service.start());
    }
  }

  /** Connections that went silent and that the apps still hold are ended. @returns how many */
  buryTheSilent() {
    return [...this.proxies.values()].reduce((sum, proxy) => sum + proxy.buryTheSilent(), 0);
  }
}

/** Of an event of ours. */
export function eventIdOf(body: Buffer): string {
  return (JSON.parse(body.toString()) as { event_id: string }).event_id;
}
