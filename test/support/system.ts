import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { createVhost, reportsBrokerOutage, ExternalClient } from './broker.js';
import { createDatabase } from './database.js';
import { server } from './environment.js';
import { until } from './until.js';
import { APP_NAMES, type AppName } from '../../apps/manifest.js';

export const APPS = APP_NAMES;
export type App = AppName;

export type LogRecord = { msg: string; level: number } & Record<string, unknown>;

/** One process of the system, as it runs in production: built, configured by its environment, watched from outside. */
export class AppProcess {
  readonly logs: LogRecord[] = [];
  readonly output: string[] = [];
  private readonly child: ChildProcess;

  constructor(
    readonly app: App,
    environment: Record<string, string>,
  ) {
    const main = join(process.cwd(), 'dist', 'apps', app, 'src', 'main.js');
    // In a folder without an .env of anybody's.
    this.child = spawn(process.execPath, [main], {
      cwd: tmpdir(),
      env: { PATH: process.env.PATH, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      createInterface({ input: stream }).on('line', (line) => {
        this.output.push(line);
        if (process.env.TEST_SHOW_OUTPUT) process.stderr.write(`${line}\n`);
        if (line.startsWith('{')) this.logs.push(JSON.parse(line) as LogRecord);
      });
    }
  }

  get pid() {
    return this.child.pid!;
  }

  get exitCode() {
    return this.child.exitCode;
  }

  get url() {
    const url = this.logs.find(({ msg }) => msg === 'listening')?.url;
    if (typeof url !== 'string') throw new Error(`${this.app} does not listen`);
    return url;
  }

  async health(): Promise<number> {
    return (await fetch(`${this.url}/health/ready`)).status;
  }

  /** Ready, with the broker there: the api is ready without it as well. */
  async ready() {
    const check = async () => {
      if (this.exitCode !== null) throw new Error(`it ended: ${this.output.slice(-5).join('\n')}`);
      const response = await fetch(`${this.url}/health/ready`);
      return response.ok && !reportsBrokerOutage(await response.text());
    };
    // A start is slow where everything else starts as well.
    await until(`${this.app} to be ready`, check, { seconds: 60 });
    return this;
  }

  handled(event: string) {
    return this.logs.filter(({ msg, event: handled }) => msg === 'handled' && handled === event);
  }

  kill(signal: NodeJS.Signals) {
    this.child.kill(signal);
  }

  /** Ends it and says how it ended. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const exit = once(this.child, 'exit');
      this.child.kill(signal);
      await exit;
    }
    return this.child.exitCode;
  }
}

export interface Answer<Body> {
  status: number;
  headers: Headers;
  body: Body;
}

export interface OrderAnswer {
  id: number;
  status: string;
  rejection: { product_id: number; reason: string; requested: number; available: number }[] | null;
  cancellation: string | null;
  timeline: { step: string; at: string }[];
  lines: { product_id: number; quantity: number; amount: number }[];
  totals: { quantity: number; amount: number; currency: string };
}

/** The whole system in processes of its own, on a database and a virtual host of its own. */
export class System {
  readonly processes = new Map<App, AppProcess>();
  private products = 0;

  private constructor(
    readonly database: Awaited<ReturnType<typeof createDatabase>>,
    readonly vhost: { url: string; drop: () => Promise<unknown> },
    readonly externalClient: ExternalClient,
    private readonly pool: pg.Pool,
    private readonly environment: Record<string, string>,
  ) {}

  static async start({ apps = APPS, environment = {}, rabbitmqUrl, databaseServer }: StartOptions = {}) {
    const [database, vhost] = await Promise.all([
      createDatabase([], databaseServer),
      rabbitmqUrl ? { url: rabbitmqUrl, drop: () => Promise.resolve() } : createVhost(),
    ]);
    const system = new System(
      database,
      vhost,
      await ExternalClient.connect(vhost.url),
      new pg.Pool({ connectionString: database.url, max: 4 }),
      {
        DATABASE_URL: database.url,
        RABBITMQ_URL: vhost.url,
        ENV: 'development',
        HOST: '127.0.0.1',
        PORT: '0',
        SMTP_URL: server('SMTP'),
        MAIL_FROM: 'Estoque <no-reply@estoque.example>',
        RETRY_DELAYS_MS: '100,200,300,400',
        POLL_INTERVAL_MS: '500',
        // These customers keep connections for seconds, and want none any more.
        DRAIN_TIMEOUT_MS: '0',
        ...environment,
      },
    );
    await Promise.all(apps.map((app) => system.launch(app).ready()));
    return system;
  }

  launch(app: App, environment: Record<string, string> = {}) {
    const started = new AppProcess(app, { ...this.environment, ...environment });
    this.processes.set(app, started);
    return started;
  }

  process(app: App) {
    return this.processes.get(app)!;
  }

  async call<Body>(method: string, path: string, body?: unknown): Promise<Answer<Body>> {
    const response = await fetch(this.process('api').url + path, {
      method,
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (text ? JSON.parse(text) : undefined) as Body,
    };
  }

  /** A product with so many on hand. @returns its id */
  async product(onHand: number, more: Record<string, unknown> = {}): Promise<number> {
    const sku = `TEST-${++this.products}`;
    const product = { sku, name: `Product ${sku}`, price: 1_250, currency: 'BRL', ...more };
    const { body } = await this.call<{ id: number }>('POST', '/v1/products', product);
    if (onHand > 0)
      await this.call('POST', `/v1/products/${body.id}/stock/receipts`, {
        quantity: onHand,
        reason: 'opening stock',
      });
    return body.id;
  }

  async order(items: { product_id: number; quantity: number }[], more: Record<string, unknown> = {}) {
    const customer = { name: 'Ana Souza', email: 'ana@example.com' };
    const answer = await this.call<OrderAnswer>('POST', '/v1/orders', { customer, items, ...more });
    if (answer.status !== 202) throw new Error(`order refused: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** The order, once it is in that state. */
  orderIn(status: string, id: number) {
    return until(`order ${id} to be ${status}`, async () => {
      const { body } = await this.call<OrderAnswer>('GET', `/v1/orders/${id}`);
      return body.status === status && body;
    });
  }

  async sql<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.pool.query(text, values)).rows as Row[];
  }

  /** Whatever happened: nothing is oversold, and the books say what the shelves say. */
  async expectLedgerReconciles() {
    const wrong = await this.sql(
      `SELECT stock.product_id, on_hand, reserved,
              (SELECT coalesce(sum(quantity), 0)::int FROM movements m WHERE m.product_id = stock.product_id) AS booked,
              (SELECT coalesce(sum(quantity), 0)::int FROM reservations r
               WHERE r.product_id = stock.product_id AND r.status = 'active') AS held
       FROM stock`,
    );
    for (const row of wrong as { on_hand: number; reserved: number; booked: number; held: number }[]) {
      expect({ on_hand: row.on_hand, reserved: row.reserved }).toEqual({
        on_hand: row.booked,
        reserved: row.held,
      });
    }
  }

  async stop() {
    await Promise.all([...this.processes.values()].map((each) => each.stop()));
    await this.externalClient.disconnect().catch(() => undefined);
    await this.pool.end();
    await Promise.all([this.database.drop(), this.vhost.drop()]);
  }
}

interface StartOptions {
  apps?: readonly App[];
  environment?: Record<string, string>;
  /** A broker of the test's own. */
  rabbitmqUrl?: string;
  /** A PostgreSQL of the test's own. */
  databaseServer?: string;
}
