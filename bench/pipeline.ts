import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NODE_FLAGS } from '../tools/apps.js';
import { databaseUrlOf } from '../tools/infrastructure/accounts.js';
import { rabbitmqUrlOf } from '../tools/infrastructure/broker-users.js';
import { paymentGatewayOn, startPaymentGateway } from '../tools/infrastructure/payment-gateway.js';
import { reservePort } from '../tools/infrastructure/ports.js';
import { STAGES, type ProcessSpec } from '../tools/infrastructure/process-spec.js';
import type { Service } from '../tools/infrastructure/service.js';
import { programOf } from '../tools/programs.js';
import { APP_NAMES, FLOW_APPS, type AppName } from '../apps/manifest.js';
import { ChildProgram } from './child-program.js';
import type { LoadRequest, LoadResult } from './load/generator.js';
import { HIGH_RATE_LIMITS } from '../test/support/rate-limits.js';
import type { Database, Stack } from './stack.js';

/**
 * `product`: the apps as built for production. `baseline`: the same work written by hand, in bench/baseline. `revision`:
 * the apps of another revision, as built for production.
 */
export type Contender = 'product' | 'baseline' | 'revision';
export const DOMAIN = 'estoque.example';

export interface PipelineOptions {
  stack: Stack;
  contender: Contender;
  /** Folder of the compiled benchmark programs. */
  programs: string;
  /** Name of the folder of this pipeline's logs. */
  name: string;
  template?: string;
  /** Port of the mail server. Unset: mails are recorded and not sent. */
  smtpPort?: number;
}

type AppSpec = Pick<ProcessSpec, 'args' | 'env' | 'ports' | 'ready'>;

/** One contender: four processes, a database and a virtual host of their own, and a load generator. */
export class Pipeline {
  readonly services = new Map<AppName, Service>();
  private readonly loadGenerator: ChildProgram<LoadRequest, LoadResult>;
  /** Ids of all orders that were answered with 202. */
  readonly accepted: number[] = [];
  private gateway?: { url: string; service: Service };
  private readonly ports = new Map<AppName, number>();

  private constructor(
    readonly options: PipelineOptions,
    readonly database: Database,
    readonly vhost: { name: string; url: string },
  ) {
    this.loadGenerator = new ChildProgram(
      join(options.programs, 'load', 'generator.js'),
      'the load generator',
    );
  }

  static async create(options: PipelineOptions): Promise<Pipeline> {
    const { stack, template } = options;
    const [database, vhost] = await Promise.all([stack.createDatabase(template), stack.createVhost()]);
    return new Pipeline(options, database, vhost);
  }

  async start(apps: readonly AppName[] = FLOW_APPS) {
    if (apps.includes('payment-worker')) await this.startGateway();
    // Wait for all of them, so that a failure leaves no app that is still starting.
    const results = await Promise.allSettled(apps.map((app) => this.startApp(app)));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  private get port(): number {
    return this.ports.get('api')!;
  }

  /** Process ids by name, including PostgreSQL and RabbitMQ. */
  get pids(): Record<string, number> {
    const { postgres, rabbitmq } = this.options.stack;
    const apps = APP_NAMES.flatMap((app) => {
      const service = this.services.get(app);
      return service ? [[app, service] as const] : [];
    });
    const services = [
      ...apps,
      ['postgres', postgres.service] as const,
      ['rabbitmq', rabbitmq.service] as const,
    ];
    return Object.fromEntries(services.map(([name, { pid }]) => [name, pid!]));
  }

  /** One line for each process that crashed. */
  get crashes(): string[] {
    const crashed = [...this.services.values()].filter(
      ({ restarts, pid }) => restarts > 0 || pid === undefined,
    );
    return crashed.map(({ name }) => `${name} crashed; see ${this.logFile(name)}`);
  }

  /** Applies a load, and adds its orders to `accepted`. */
  async placeOrders(load: Omit<LoadRequest, 'port' | 'authorizations'>): Promise<LoadResult> {
    const { authorizations } = this.options.stack.clients;
    const result = await this.loadGenerator.request({ ...load, port: this.port, authorizations });
    for (const id of result.ids) this.accepted.push(id);
    return result;
  }

  async stop() {
    await this.loadGenerator.stop();
    await this.gateway?.service.stop();
    await Promise.all([...this.services.values()].map((service) => service.stop()));
    const { stack } = this.options;
    await Promise.all([stack.dropDatabase(this.database), stack.dropVhost(this.vhost)]);
  }

  private logFile(app: string) {
    return join(this.options.stack.options.dir, 'logs', this.options.name, `${app}.log`);
  }

  private async startGateway() {
    const { root, dir, processes } = this.options.stack.options;
    const gateway = paymentGatewayOn(await reservePort());
    const log = this.logFile('payment-gateway');
    this.gateway = {
      url: gateway.url,
      service: await startPaymentGateway(gateway, {
        root,
        processes,
        log,
        dir: join(dir, this.options.name),
      }),
    };
  }

  private async startApp(app: AppName) {
    const { contender, stack } = this.options;
    const spec = contender === 'baseline' ? await this.baselineSpec(app) : await this.productSpec(app);
    const { processes, dir } = stack.options;
    this.services.set(
      app,
      await processes.start({
        ...spec,
        name: app,
        command: process.execPath,
        cwd: dir, // a folder without an .env file
        log: this.logFile(app),
        stage: STAGES.apps,
      }),
    );
  }

  private async reserveAppPort(app: AppName) {
    const port = await reservePort();
    this.ports.set(app, port);
    return port;
  }

  /**
   * The built app with the defaults of production, except LOG_LEVEL, the rate limits and, without a mail server,
   * MAIL_SENDING.
   */
  private async productSpec(app: AppName): Promise<AppSpec> {
    const { stack, contender, smtpPort } = this.options;
    const port = await this.reserveAppPort(app);
    return {
      args: [
        ...NODE_FLAGS,
        ...profilingFlags(stack.options.profiles),
        programOf(join(stack.rootOf(contender), 'dist'), app),
      ],
      env: {
        PATH: process.env.PATH,
        ENV: 'production',
        ...stack.clients.environment,
        LOG_LEVEL: 'warn',
        HOST: '127.0.0.1',
        PORT: String(port),
        DATABASE_URL: databaseUrlOf(app, this.database.url),
        RABBITMQ_URL: rabbitmqUrlOf(app, this.vhost.url),
        SMTP_URL: `smtp://127.0.0.1:${smtpPort ?? 1}`,
        MAIL_SENDING: smtpPort === undefined ? 'paused' : 'on',
        MAIL_FROM: `Estoque <no-reply@${DOMAIN}>`,
        ...HIGH_RATE_LIMITS,
        ...(this.gateway && { PAYMENT_GATEWAY_URL: this.gateway.url }),
      },
      ports: [port],
      ready: async () =>
        (await fetch(`http://127.0.0.1:${port}/health/ready`, { signal: AbortSignal.timeout(2_000) })).ok,
    };
  }

  private async baselineSpec(app: AppName): Promise<AppSpec> {
    const port = app === 'api' ? await this.reserveAppPort(app) : undefined;
    return {
      args: [join(this.options.programs, 'baseline', `${app}.js`)],
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'production',
        PORT: String(port ?? ''),
        DATABASE_URL: this.database.url,
        RABBITMQ_URL: this.vhost.url,
      },
      ports: port === undefined ? [] : [port],
      ready: () => Promise.resolve(readFileSync(this.logFile(app), 'utf8').includes(`${app} is ready`)),
    };
  }
}

const profilingFlags = (folder?: string) => (folder ? ['--cpu-prof', `--cpu-prof-dir=${folder}`] : []);
