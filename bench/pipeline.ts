import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NODE_FLAGS } from '../tools/apps.js';
import { reservePort } from '../tools/infrastructure/ports.js';
import type { ProcessSpec, Service } from '../tools/infrastructure/processes.js';
import { Child } from './child.js';
import type { LoadOrder, LoadResult } from './load/generator.js';
import type { Database, Stack } from './stack.js';

export const WORKERS = ['order-worker', 'stock-worker', 'notify-worker'] as const;
export const APPS = ['api', ...WORKERS] as const;
export type App = (typeof APPS)[number];
export type Contender = 'ours' | 'baseline';
export const DOMAIN = 'estoque.example';

export interface PipelineOptions {
  stack: Stack;
  contender: Contender;
  /** Where the bench's own programs lie. */
  programs: string;
  /** Tells this one's logs from others'. */
  name: string;
  template?: string;
  /** Where mails go; unset, they are recorded and wait. */
  smtpPort?: number;
}

/** One contender: four processes with a database and a virtual host of their own, and customers for them. */
export class Pipeline {
  readonly services = new Map<App, Service>();
  readonly customers: Child<LoadOrder, LoadResult>;
  /** Orders that were answered with 202, in all. */
  readonly accepted: number[] = [];
  private readonly ports = new Map<App, number>();

  private constructor(
    readonly options: PipelineOptions,
    readonly database: Database,
    readonly vhost: { name: string; url: string },
  ) {
    this.customers = new Child(join(options.programs, 'load', 'generator.js'), 'the load generator');
  }

  static async create(options: PipelineOptions): Promise<Pipeline> {
    const { stack, template } = options;
    const [database, vhost] = await Promise.all([stack.createDatabase(template), stack.createVhost()]);
    return new Pipeline(options, database, vhost);
  }

  async start(apps: readonly App[] = APPS) {
    // All of them, started or not, before anybody stops those that are.
    const all = await Promise.allSettled(apps.map((app) => this.startApp(app)));
    for (const each of all) if (each.status === 'rejected') throw each.reason;
  }

  get port(): number {
    return this.ports.get('api')!;
  }

  /** Process ids by name, the servers' too. */
  get pids(): Record<string, number> {
    const { postgres, rabbitmq } = this.options.stack;
    const apps = APPS.flatMap((app) => {
      const service = this.services.get(app);
      return service ? [[app, service] as const] : [];
    });
    const all = [...apps, ['postgres', postgres.service] as const, ['rabbitmq', rabbitmq.service] as const];
    return Object.fromEntries(all.map(([name, { pid }]) => [name, pid!]));
  }

  /** Lines about processes that didn't live through it. */
  get deaths(): string[] {
    const all = [...this.services.values()].filter(({ restarts, pid }) => restarts > 0 || pid === undefined);
    return all.map(({ name }) => `${name} died; see ${this.logOf(name)}`);
  }

  async stop() {
    await this.customers.stop();
    await Promise.all([...this.services.values()].map((service) => service.stop()));
    const { stack } = this.options;
    await Promise.all([stack.dropDatabase(this.database), stack.dropVhost(this.vhost)]);
  }

  private logOf(app: string) {
    return join(this.options.stack.options.dir, 'logs', this.options.name, `${app}.log`);
  }

  private async startApp(app: App) {
    const { contender, stack } = this.options;
    const recipe = contender === 'ours' ? await this.ours(app) : await this.bare(app);
    const { processes, dir } = stack.options;
    this.services.set(
      app,
      await processes.start({
        ...recipe,
        name: app,
        command: process.execPath,
        cwd: dir, // where no .env of anybody's lies
        log: this.logOf(app),
        stage: 4,
      }),
    );
  }

  private async portFor(app: App) {
    const port = await reservePort();
    this.ports.set(app, port);
    return port;
  }

  /** As in production: the built apps, no setting that isn't the default. */
  private async ours(app: App): Promise<Pick<ProcessSpec, 'args' | 'env' | 'ports' | 'ready'>> {
    const { stack, smtpPort } = this.options;
    const port = await this.portFor(app);
    return {
      args: [
        ...NODE_FLAGS,
        ...profiling(stack.options.profiles),
        join(stack.options.root, 'dist', 'apps', app, 'src', 'main.js'),
      ],
      env: {
        PATH: process.env.PATH,
        ENV: 'production',
        LOG_LEVEL: 'warn',
        HOST: '127.0.0.1',
        PORT: String(port),
        DATABASE_URL: this.database.url,
        RABBITMQ_URL: this.vhost.url,
        SMTP_URL: `smtp://127.0.0.1:${smtpPort ?? 1}`,
        MAIL_SENDING: smtpPort === undefined ? 'paused' : 'on',
        MAIL_FROM: `Estoque <no-reply@${DOMAIN}>`,
      },
      ports: [port],
      ready: async () =>
        (await fetch(`http://127.0.0.1:${port}/health/ready`, { signal: AbortSignal.timeout(2_000) })).ok,
    };
  }

  /** The same work by hand. */
  private async bare(app: App): Promise<Pick<ProcessSpec, 'args' | 'env' | 'ports' | 'ready'>> {
    const port = app === 'api' ? await this.portFor(app) : undefined;
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
      ready: () => Promise.resolve(readFileSync(this.logOf(app), 'utf8').includes(`${app} is ready`)),
    };
  }
}

const profiling = (folder?: string) => (folder ? ['--cpu-prof', `--cpu-prof-dir=${folder}`] : []);
