import type { Client, CreateProductDto, OrderDto, OrderItemDto, PlaceOrderDto } from '@estoque/client';
import pg from 'pg';
import { APP_NAMES, type AppName } from '../../apps/manifest.js';
import { createBrokerUsers, rabbitmqUrlOf } from '../../tools/infrastructure/broker-users.js';
import { AppProcess } from './app-process.js';
import { createVhost, ExternalClient } from './broker.js';
import { createDatabase } from './database.js';
import { serverUrl } from './environment.js';
import { HIGH_RATE_LIMITS } from './rate-limits.js';
import { dataOf, TestClient, type RequestOptions } from './test-client.js';
import { until } from './until.js';

/**
 * All apps as separate processes, on a database and a virtual host that no other test uses. Each app logs in as its own
 * user, as in production.
 */
export class System {
  readonly processes = new Map<AppName, AppProcess>();
  private createdProducts = 0;

  private constructor(
    readonly database: Awaited<ReturnType<typeof createDatabase>>,
    /** With the administrator's user. */
    readonly vhost: { url: string; drop: () => Promise<unknown> },
    readonly externalClient: ExternalClient,
    private readonly pool: pg.Pool,
    private readonly environment: Record<string, string>,
  ) {}

  static async start({ apps = APP_NAMES, environment = {}, broker, databaseServer }: StartOptions = {}) {
    const [database, vhost] = await Promise.all([
      createDatabase([], databaseServer),
      broker
        ? { url: broker.url, managementUrl: broker.managementUrl, drop: () => Promise.resolve() }
        : createVhost(),
    ]);
    await createBrokerUsers(process.cwd(), vhost.url, vhost.managementUrl);
    const system = new System(
      database,
      vhost,
      await ExternalClient.connect(vhost.url),
      new pg.Pool({ connectionString: database.url, max: 4 }),
      {
        ENV: 'development',
        HOST: '127.0.0.1',
        PORT: '0',
        SMTP_URL: serverUrl('SMTP'),
        MAIL_FROM: 'Estoque <no-reply@estoque.example>',
        RETRY_DELAYS_MS: '100,200,300,400',
        POLL_INTERVAL_MS: '1000',
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
    const process = new AppProcess(app, { ...this.serversOf(app), ...this.environment, ...environment });
    this.processes.set(app, process);
    return process;
  }

  /** Starts one more process of an app, which the caller stops. */
  launchReplica(app: AppName) {
    return new AppProcess(app, { ...this.environment, ...this.serversOf(app) });
  }

  /** The addresses of the servers, with the users of the app. */
  serversOf(app: AppName) {
    return {
      DATABASE_URL: this.database.urlOf(app),
      RABBITMQ_URL: rabbitmqUrlOf(app, this.vhost.url),
    };
  }

  process(app: AppName) {
    return this.processes.get(app)!;
  }

  /** The typed client of the api, with the API key of an admin. */
  get api(): Client {
    return this.client.typed;
  }

  /** Sends a request to the api with the API key of an admin, unless `headers` contains another credential. */
  fetch(path: string, options?: RequestOptions): Promise<Response> {
    return this.client.fetch(path, options);
  }

  /** Sends a request that the typed client does not allow. @param body a string is sent as it is, anything else as JSON */
  request<Body>(method: string, path: string, body?: unknown, headers?: Record<string, string>) {
    return this.client.request<Body>(method, path, body, headers);
  }

  private get client(): TestClient {
    return new TestClient(this.process('api').url);
  }

  /** Creates a product with `onHand` units in stock. @returns its id */
  async createProduct(onHand: number, fields: Partial<CreateProductDto> = {}): Promise<number> {
    const sku = `TEST-${++this.createdProducts}`;
    const product = { sku, name: `Product ${sku}`, price: 1_250, currency: 'BRL', ...fields };
    const { id } = await dataOf(this.api.POST('/v1/products', { body: product }));
    if (onHand > 0) await this.receiveStock(id, onHand);
    return id;
  }

  receiveStock(id: number, quantity: number) {
    const body = { quantity, reason: 'opening stock' };
    return dataOf(this.api.POST('/v1/products/{id}/stock/receipts', { params: { path: { id } }, body }));
  }

  readStock(id: number) {
    return dataOf(this.api.GET('/v1/products/{id}/stock', { params: { path: { id } } }));
  }

  /** @throws Error if the api does not accept the order */
  placeOrder(items: OrderItemDto[], fields: Partial<PlaceOrderDto> = {}): Promise<OrderDto> {
    const customer = { name: 'Ana Souza', email: 'ana@example.com' };
    return dataOf(this.api.POST('/v1/orders', { body: { customer, items, ...fields } }));
  }

  readOrder(id: number): Promise<OrderDto> {
    return dataOf(this.api.GET('/v1/orders/{id}', { params: { path: { id } } }));
  }

  /** Waits until the order has this status. @returns the order */
  waitForOrderStatus(id: number, status: OrderDto['status']) {
    return until(`order ${id} to be ${status}`, async () => {
      const order = await this.readOrder(id);
      return order.status === status && order;
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

interface StartOptions {
  apps?: readonly AppName[];
  environment?: Record<string, string>;
  /** A broker that the test started itself; default: a new virtual host on the shared broker. */
  broker?: { url: string; managementUrl: string };
  /** A PostgreSQL server that the test started itself; default: the shared one. */
  databaseServer?: string;
}
