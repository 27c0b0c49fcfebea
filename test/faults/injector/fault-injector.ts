import { Load, type OrderItem, type Products } from '../load.js';
import { Random } from '../random.js';
import type { ProtocolStep } from '../wire/wire.js';
import { AppProcesses } from './app-processes.js';
import { Broker, eventIdOf, EXCHANGE, type EventMessage } from './broker.js';
import { Database } from './database.js';
import type { ClusterNode } from './database-cluster.js';
import { MailDisruptions } from './mail-disruptions.js';
import type { FaultInjectorOptions } from './options.js';
import { logFile, Servers } from './servers.js';

const PLENTY = 1_000_000;
const PLENTIFUL_PRODUCTS = 12;

/**
 * The whole system in processes of its own, under load and with a proxy on every connection. It has the defaults of
 * production, but with shorter retry and polling intervals.
 */
export class FaultInjector {
  readonly random: Random;
  readonly database: Database;
  readonly broker: Broker;
  readonly apps: AppProcesses;
  readonly mailDisruptions = new MailDisruptions();
  /** Every event that was published to the exchange, by event id. */
  readonly recordedEvents = new Map<string, EventMessage>();
  /** Stock of each product before the first order, by product id. */
  readonly openingStock = new Map<number, number>();
  /** Orders that were not finished in time after an earlier fault. Later faults ignore them; the end of the run does not. */
  readonly overdueOrders = new Set<number>();
  /** Findings of the ledger that an earlier fault caused. The end of the run lists them again. */
  readonly knownFindings = new Set<string>();
  load!: Load;
  products!: Products;
  /** Orders per second. */
  rate = 0;

  private constructor(
    readonly options: FaultInjectorOptions,
    readonly servers: Servers,
  ) {
    this.random = new Random(options.seed);
    this.database = new Database(servers.postgres.url);
    this.broker = new Broker(servers, this.database);
    this.apps = new AppProcesses(options, servers, this.broker, this.mailDisruptions);
  }

  static async start(options: FaultInjectorOptions) {
    const injector = new FaultInjector(options, await Servers.start(options));
    await injector.broker.createUsers();
    await injector.apps.startProxies();
    for (const proxy of injector.apps.proxiesTo('rabbitmq'))
      proxy.onStep((step) => injector.recordEvent(step));
    await injector.apps.startAll();
    await injector.gateway.sendWebhooksTo(`${injector.apps.url('api')}/v1/payments/webhooks/simulated`);
    await injector.addProducts();
    return injector;
  }

  get mailSink() {
    return this.servers.mailSink;
  }

  get gateway() {
    return this.servers.gateway;
  }

  logFile(name: string) {
    return logFile(this.options.dir, name);
  }

  /** Stops the load, the apps, the proxies, the mail server and the payment gateway. The owner of `options.processes` stops the servers. */
  async stop() {
    await this.load?.stop();
    await this.apps.stopAll();
    await this.mailSink.stop();
    await this.gateway.stop();
    await this.database.close();
    await (this.servers.databaseCluster ?? this.servers.patroniCluster)?.stop();
  }

  private recordEvent({ name, text, body }: ProtocolStep) {
    const [exchange, routingKey] = text.split(' ');
    if (name !== 'published' || exchange !== EXCHANGE || !hasEventId(body!)) return;
    // A copy, because the body is a part of a larger buffer that would be kept in memory.
    this.recordedEvents.set(eventIdOf(body!), { routingKey: routingKey!, body: Buffer.from(body!) });
  }

  private async addProducts() {
    this.load = new Load(this.apps.url('api'), this.random);
    const plentiful: number[] = [];
    for (let index = 0; index < PLENTIFUL_PRODUCTS; index++) plentiful.push(await this.addProduct(PLENTY));
    const scarce = [await this.addProduct(60), await this.addProduct(120), await this.addProduct(0)];
    this.products = { hot: await this.addProduct(PLENTY), plentiful, scarce };
  }

  /** Creates a product with stock through the API. @returns id of the product */
  async addProduct(onHand: number): Promise<number> {
    const sku = `FAULTS-${this.openingStock.size + 1}`;
    const product = { sku, name: `Product ${sku}`, price: 1_250, currency: 'BRL', reorder_point: 5 };
    const { id } = await this.post('/v1/products', product);
    this.openingStock.set(id, onHand);
    if (onHand > 0)
      await this.post(`/v1/products/${id}/stock/receipts`, { quantity: onHand, reason: 'opening stock' });
    return id;
  }

  private async post(path: string, body: object) {
    const response = await this.apps.callApi(path, { method: 'POST', body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as { id: number };
  }

  /** @param rate orders per second; the last rate by default */
  resumeLoad(rate = this.rate) {
    this.rate = rate;
    this.load.start(this.products, rate, { withPayments: this.servers.hasPayments });
  }

  /**
   * Places an order in addition to the load.
   *
   * @throws if the API does not answer 202
   */
  async placeAcceptedOrder(items: OrderItem[], customer?: string) {
    const request = await this.load.placeOrder(items, customer);
    if (request.id === undefined) throw new Error(`the API answered an order with ${request.status}`);
    return { ...request, id: request.id };
  }

  /**
   * Leads the address of the database, which the apps use, to a server of the cluster.
   *
   * @param options.cut whether open connections are cut. Otherwise they stay with the server that they were opened to.
   */
  moveDatabaseAddress({ port }: ClusterNode, { cut = false } = {}) {
    for (const proxy of this.apps.proxiesTo('postgres')) {
      proxy.retarget(port);
      if (cut) proxy.cutConnections();
    }
    this.database.connectTo(this.servers.postgres.url);
  }

  /** Ends every fault that is still active: all connections, servers and apps work again. */
  async endFaults() {
    this.apps.resetProxies();
    const { databaseCluster } = this.servers;
    if (databaseCluster) this.moveDatabaseAddress(databaseCluster.primary);
    for (const proxy of this.apps.proxiesTo('postgres')) proxy.cutConnectionsToOtherTargets();
    await this.servers.startStopped();
    await this.apps.runAll();
  }
}

/** An app also reroutes and replays messages of external clients, whose bodies can be anything. */
function hasEventId(body: Buffer): boolean {
  try {
    return typeof (JSON.parse(body.toString()) as { event_id?: unknown } | null)?.event_id === 'string';
  } catch {
    return false;
  }
}
