import pg from 'pg';
import { APP_NAMES, type AppName } from '../../apps/manifest.js';
import { AppProcess } from './app-process.js';
import { createVhost, ExternalClient } from './broker.js';
import { authorization } from './credentials.js';
import { createDatabase } from './database.js';
import { serverUrl } from './environment.js';
import { findInternals } from './internals.js';
import { ApiDocument } from './openapi.js';
import { HIGH_RATE_LIMITS } from './rate-limits.js';
import { until } from './until.js';

const apiDocument = ApiDocument.readCommitted();

export interface ApiResponse<Body> {
  status: number;
  headers: Headers;
  body: Body;
}

export interface OrderResponse {
  id: number;
  status: string;
  rejection: { product_id: number; reason: string; requested: number; available: number }[] | null;
  cancellation: string | null;
  timeline: { step: string; at: string }[];
  lines: { product_id: number; quantity: number; amount: number }[];
  totals: { quantity: number; amount: number; currency: string };
}

/** All apps as separate processes, on a database and a virtual host that no other test uses. */
export class System {
  readonly processes = new Map<AppName, AppProcess>();
  private createdProducts = 0;

  private constructor(
    readonly database: Awaited<ReturnType<typeof createDatabase>>,
    readonly vhost: { url: string; drop: () => Promise<unknown> },
    readonly externalClient: ExternalClient,
    private readonly pool: pg.Pool,
    private readonly environment: Record<string, string>,
  ) {}

  static async start({ apps = APP_NAMES, environment = {}, rabbitmqUrl, databaseServer }: StartOptions = {}) {
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
        SMTP_URL: serverUrl('SMTP'),
        MAIL_FROM: 'Estoque <no-reply@estoque.example>',
        RETRY_DELAYS_MS: '100,200,300,400',
        POLL_INTERVAL_MS: '500',
        // Tests use few addresses.
        MAILS_PER_RECIPIENT_PER_HOUR: '10000',
        // The fetch of these tests keeps idle connections open for seconds; a stop must not wait for them.
        DRAIN_TIMEOUT_MS: '0',
        ...HIGH_RATE_LIMITS,
        ...environment,
      },
    );
    try {
      await Promise.all(apps.map((app) => system.launch(app).waitUntilReady()));
    } catch (error) {
      await system.stop();
      throw error;
    }
    return system;
  }

  /**
   * Starts an app, without waiting until it is ready. It replaces a process of this app that ended before.
   *
   * @throws if the app runs already: that process would never be stopped
   */
  launch(app: AppName, environment: Record<string, string> = {}) {
    if (this.processes.get(app)?.isRunning) throw new Error(`${app} is running already`);
    const process = new AppProcess(app, { ...this.environment, ...environment });
    this.processes.set(app, process);
    return process;
  }

  /** Starts one more process of an app, which the caller stops. */
  launchReplica(app: AppName) {
    return new AppProcess(app, this.environment);
  }

  process(app: AppName) {
    return this.processes.get(app)!;
  }

  /** Sends a request to the api with the API key of an admin, unless `headers` contains another credential. */
  fetch(path: string, { headers, ...options }: RequestOptions = {}): Promise<Response> {
    return fetch(this.process('api').url + path, { ...options, headers: { ...authorization(), ...headers } });
  }

  /**
   * Sends a request to the api, and expects that the answer is one that the OpenAPI document describes, and tells of no
   * internals.
   *
   * @param body a string is sent as it is, anything else as JSON
   * @throws Error otherwise
   */
  async request<Body>(method: string, path: string, body?: unknown): Promise<ApiResponse<Body>> {
    const response = await this.fetch(path, {
      method,
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await response.text();
    const { status, headers } = response;
    const parsed = (text ? JSON.parse(text) : undefined) as Body;
    const answer = {
      status,
      contentType: headers.get('content-type'),
      retryAfter: headers.get('retry-after'),
      body: parsed,
    };
    // Not by `expect`: programs that do not run in Jest use this class, too.
    const deviations = path.startsWith('/v1/') ? apiDocument.findDeviations(method, path, answer) : [];
    if (deviations.length > 0)
      throw new Error(`${method} ${path} deviates from the OpenAPI document: ${JSON.stringify(deviations)}`);
    // Dead letters contain what a publisher sent, and the error for the operators.
    const internals = path.startsWith('/v1/dead-letters') ? [] : findInternals(text);
    if (internals.length > 0)
      throw new Error(`${method} ${path} tells of internals: ${internals.join(', ')}`);
    return { status, headers, body: parsed };
  }

  /** Creates a product with `onHand` units in stock. @returns its id */
  async createProduct(onHand: number, fields: Record<string, unknown> = {}): Promise<number> {
    const sku = `TEST-${++this.createdProducts}`;
    const product = { sku, name: `Product ${sku}`, price: 1_250, currency: 'BRL', ...fields };
    const { body } = await this.request<{ id: number }>('POST', '/v1/products', product);
    if (onHand > 0)
      await this.request('POST', `/v1/products/${body.id}/stock/receipts`, {
        quantity: onHand,
        reason: 'opening stock',
      });
    return body.id;
  }

  /** @throws Error if the api does not accept the order */
  async placeOrder(items: { product_id: number; quantity: number }[], fields: Record<string, unknown> = {}) {
    const customer = { name: 'Ana Souza', email: 'ana@example.com' };
    const response = await this.request<OrderResponse>('POST', '/v1/orders', { customer, items, ...fields });
    if (response.status !== 202) throw new Error(`order refused: ${JSON.stringify(response.body)}`);
    return response.body;
  }

  /** Waits until the order has this status. @returns the order */
  waitForOrderStatus(id: number, status: string) {
    return until(`order ${id} to be ${status}`, async () => {
      const { body } = await this.request<OrderResponse>('GET', `/v1/orders/${id}`);
      return body.status === status && body;
    });
  }

  async sql<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.pool.query(text, values)).rows as Row[];
  }

  /** Runs `work` while no process can read or write the table. */
  async whileLocked(table: string, work: () => Promise<unknown>) {
    const client = await this.pool.connect();
    try {
      await client.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
      await work();
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
  }

  /** Expects that on-hand stock equals the sum of movements, and reserved stock the sum of active reservations. */
  async expectLedgerReconciles() {
    const rows = await this.sql<{ on_hand: number; reserved: number; moved: number; active: number }>(
      `SELECT stock.product_id, on_hand, reserved,
              (SELECT coalesce(sum(quantity), 0)::int FROM movements m WHERE m.product_id = stock.product_id) AS moved,
              (SELECT coalesce(sum(quantity), 0)::int FROM reservations r
               WHERE r.product_id = stock.product_id AND r.status = 'active') AS active
       FROM stock`,
    );
    for (const row of rows) {
      expect({ on_hand: row.on_hand, reserved: row.reserved }).toEqual({
        on_hand: row.moved,
        reserved: row.active,
      });
    }
  }

  async stop() {
    await Promise.all([...this.processes.values()].map((process) => process.stop()));
    await this.externalClient.disconnect().catch(() => undefined);
    await this.pool.end();
    await Promise.all([this.database.drop(), this.vhost.drop()]);
  }
}

type RequestOptions = Omit<RequestInit, 'headers'> & { headers?: Record<string, string> };

interface StartOptions {
  apps?: readonly AppName[];
  environment?: Record<string, string>;
  /** A broker that the test started itself; default: a new virtual host on the shared broker. */
  rabbitmqUrl?: string;
  /** A PostgreSQL server that the test started itself; default: the shared one. */
  databaseServer?: string;
}
