import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { APP_NAMES } from '../../apps/manifest.js';
import { DEAD_LETTER_QUEUE, UNROUTED_QUEUE } from '@estoque/messaging';
import { ledgerFactsOf, waitUntilDrained } from '../faults/drain.js';
import { FaultInjector } from '../faults/injector/fault-injector.js';
import type { FaultInjectorOptions } from '../faults/injector/options.js';
import { checkLedger, GUARANTEES } from '../faults/ledger.js';
import { Random } from '../faults/random.js';
import { until } from '../support/until.js';
import { corpusMessages, corpusRequests } from './corpus.js';
import { ApiDocument, type Operation } from './document.js';
import { RequestGenerator, send, toCurl, type FuzzRequest } from './http-requests.js';
import {
  HostilePublisher,
  isForSlowQueue,
  MessageGenerator,
  SLOW_QUEUES,
  toJson,
  type FuzzMessage,
} from './messages.js';
import { Observer, Violations, type Violation } from './observer.js';
import { abortRequest, pipeline, RAW_NAMES, sendRaw, SlowRequest } from './raw-connections.js';
import { ValueGenerator } from './values.js';

/** Kinds of input. */
export const SOURCES = ['http', 'connections', 'messages'] as const;
export type Source = (typeof SOURCES)[number];

export interface FuzzOptions extends Omit<FaultInjectorOptions, 'otherDist' | 'cluster'> {
  seconds: number;
  /** Kinds of input to send. */
  only: readonly Source[];
}

export interface FuzzReport {
  seed: number;
  seconds: number;
  /** Number of inputs by operation, connection or target, and by outcome: a status, or what the broker answered. */
  outcomes: Map<string, Map<string, number>>;
  orders: { placed: number; slowestSeconds: number };
  maxMegabytes: Map<string, number>;
  deadLetters: number;
  violations: Violation[];
}

const PARALLEL_REQUESTS = 4;
/** Pauses keep a machine with two processors below saturation: good orders must be processed in time. */
const REQUEST_PAUSE_MS = 10;
const MESSAGE_PAUSE_MS = 60;
const CONNECTION_PAUSE_MS = 200;
const RECENT_INPUTS = 8;
/** Time within which the server must close a connection whose request does not arrive. */
const SLOW_REQUEST_SECONDS = 60;
const DRAIN_SECONDS = 60;
const MAX_FORGED_ALERTS = 100;

/** One run: starts the system, sends hostile input until the time is over, and checks what remains. */
export class FuzzRun {
  private readonly violations = new Violations();
  private readonly outcomes = new Map<string, Map<string, number>>();
  private readonly recent: string[] = [];
  private readonly agent = new Agent({ keepAlive: true, maxSockets: PARALLEL_REQUESTS * 2 });
  /** Products and orders that the fuzzer created: it changes no others, because good orders use those. */
  private readonly productIds: number[] = [];
  private readonly orderIds: number[] = [];
  /** Number of messages that may wait in a slow retry queue beyond the end. */
  private sentToSlowQueues = 0;
  private endsAt = 0;

  private constructor(
    private readonly injector: FaultInjector,
    private readonly document: ApiDocument,
    private readonly options: FuzzOptions,
  ) {}

  static async run(options: FuzzOptions): Promise<FuzzReport> {
    const injector = await FaultInjector.start(options);
    try {
      return await new FuzzRun(injector, ApiDocument.read('docs/openapi.json'), options).run();
    } finally {
      await injector.stop();
    }
  }

  private get api() {
    return this.injector.apps.url('api');
  }

  private get isOver() {
    return Date.now() > this.endsAt;
  }

  private async run(): Promise<FuzzReport> {
    const { seconds, only, seed, printProgress } = this.options;
    await this.createKnownResources();
    const observer = new Observer(this.injector, this.violations, () => this.recent.join('\n'));
    observer.start();
    this.endsAt = Date.now() + seconds * 1_000;
    printProgress(`the system is running; seed ${seed}, ${seconds} s`);
    const sources: Record<Source, () => Promise<unknown>> = {
      http: () =>
        Promise.all(Array.from({ length: PARALLEL_REQUESTS }, (_, index) => this.sendRequests(index))),
      connections: () => this.openConnections(),
      messages: () => this.publishMessages(),
    };
    await Promise.all(only.map((source) => sources[source]()));
    this.agent.destroy();
    printProgress('waiting for the end of what was sent');
    await observer.stop();
    await this.checkEnd();
    const [row] = await this.injector.database.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM dead_letters',
    );
    return {
      seed,
      seconds,
      outcomes: this.outcomes,
      orders: { placed: observer.orderSeconds.length, slowestSeconds: Math.max(0, ...observer.orderSeconds) },
      maxMegabytes: observer.maxMegabytes,
      deadLetters: row!.count,
      violations: this.violations.list,
    };
  }

  private async createKnownResources() {
    const post = async (path: string, body: object) => {
      const response = await fetch(this.api + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return ((await response.json()) as { id: number }).id;
    };
    for (let index = 1; index <= 5; index++) {
      const product = { sku: `FUZZ-${index}`, name: 'Fuzz', price: 100, currency: 'BRL', reorder_point: 5 };
      const id = await post('/v1/products', product);
      await post(`/v1/products/${id}/stock/receipts`, { quantity: 1_000, reason: 'opening stock' });
      this.productIds.push(id);
    }
    for (let index = 1; index <= 5; index++) {
      const customer = { name: 'Ana', email: `fuzz-${index}@fuzz.example` };
      const items = [{ product_id: this.productIds[0]!, quantity: 1 }];
      this.orderIds.push(await post('/v1/orders', { customer, items }));
    }
  }

  private record(name: string, outcome: string, input: string) {
    const counts = this.outcomes.get(name) ?? new Map<string, number>();
    this.outcomes.set(name, counts.set(outcome, (counts.get(outcome) ?? 0) + 1));
    this.recent.push(input);
    if (this.recent.length > RECENT_INPUTS) this.recent.shift();
  }

  private async sendRequests(index: number) {
    const random = new Random(this.options.seed * 10 + index);
    let customers = 0;
    const values = new ValueGenerator(this.document, random, (field) => {
      // The ledger expects one order for each address.
      if (field === 'email') return `fuzz-${index}-${++customers}@fuzz.example`;
      if (field === 'product_id') return random.pick(this.productIds);
      if (field === 'order_id') return random.pick(this.orderIds);
      if (field === 'sku') return `FUZZ-${index}-${random.between(1, 1_000_000)}`;
      return undefined;
    });
    const pathId = (path: string) => {
      if (path.startsWith('/v1/products')) return random.pick(this.productIds);
      if (path.startsWith('/v1/orders')) return random.pick(this.orderIds);
      return random.between(1, 50);
    };
    const generator = new RequestGenerator(random, values, pathId);
    const pathOf = ({ path }: Operation) => path.replaceAll(/\{\w+\}/g, () => String(pathId(path)));
    // Each of the parallel senders has its part of the corpus.
    for (const [position, request] of corpusRequests(this.document, values, pathOf).entries())
      if (position % PARALLEL_REQUESTS === index) await this.sendRequest(request);
    while (!this.isOver) {
      await this.sendRequest(generator.generate(random.pick(this.document.operations)));
      await sleep(REQUEST_PAUSE_MS);
    }
  }

  private async sendRequest(request: FuzzRequest) {
    const { operation, isDocumented } = request;
    const curl = toCurl(request);
    try {
      const response = await send(this.api, this.agent, request);
      this.record(operation.name, String(response.status), curl);
      const isOverload = response.status === 503 && /"overloaded"/.test(response.body) && response.retryAfter;
      if (request.mustBeRefused && response.status < 300)
        this.violations.add(
          `${operation.name}: accepted instead of refused`,
          curl,
          response.body.slice(0, 500),
        );
      else if (response.status >= 500 && !isOverload)
        this.violations.add(
          `${operation.name}: status ${response.status}`,
          curl,
          response.body.slice(0, 500),
        );
      else if (isDocumented) {
        const difference = this.document.findDifference(operation, response);
        if (difference)
          this.violations.add(`${operation.name}: ${difference}`, curl, response.body.slice(0, 300));
      }
      if (operation.name === 'POST /v1/orders' && response.status === 202)
        this.orderIds.push((JSON.parse(response.body) as { id: number }).id);
    } catch (error) {
      // The server may close a connection instead of reading a body that it refuses.
      this.record(operation.name, 'connection closed', curl);
      if (/no response within/.test((error as Error).message))
        this.violations.add(`${operation.name}: no response`, curl, (error as Error).message);
    }
  }

  private async openConnections() {
    const random = new Random(this.options.seed * 10 + 8);
    const slow = Array.from({ length: 5 }, () => new SlowRequest(this.api));
    for (let index = 0; !this.isOver; index++) {
      const name = RAW_NAMES[index % RAW_NAMES.length]!;
      const { statuses, text } = await sendRaw(this.api, name, random);
      this.record(`connection: ${name}`, statuses.join(' ') || 'closed', `connection: ${name}`);
      if (statuses.some((status) => status >= 500))
        this.violations.add(`connection: ${name}: status ${statuses.join(' ')}`, name, text.slice(0, 500));
      await abortRequest(this.api);
      if (index % 10 === 5) await pipeline(this.api, '/v1/orders?limit=100', 100, 500);
      await sleep(CONNECTION_PAUSE_MS);
    }
    for (const { openedAt, closedAt = Date.now() } of slow)
      if (closedAt - openedAt > SLOW_REQUEST_SECONDS * 1_000)
        this.violations.add(`a slow request was open for more than ${SLOW_REQUEST_SECONDS} s`);
    for (const request of slow) request.stop();
  }

  private async publishMessages() {
    const random = new Random(this.options.seed * 10 + 9);
    const generator = new MessageGenerator(random, () => this.orderIds);
    const publisher = new HostilePublisher(
      this.injector.broker.urlAt(this.injector.servers.portOf('rabbitmq')),
    );
    const publish = async (message: FuzzMessage) => {
      const outcome = await publisher.publish(message).catch(() => 'refused');
      this.record(`message: ${message.target}`, outcome, toJson(message));
      if (outcome === 'published' && isForSlowQueue(message)) this.sentToSlowQueues += 1;
      return outcome;
    };
    for (const message of corpusMessages(this.orderIds[0]!)) {
      const outcome = await publish(message);
      // The corpus would test nothing, for example after an exchange was renamed.
      if (outcome !== 'published') this.violations.add(`corpus message ${outcome}`, toJson(message));
    }
    while (!this.isOver) {
      await publish(generator.generate());
      await sleep(MESSAGE_PAUSE_MS);
    }
    await publisher.close();
  }

  /** Checks that all input was settled: queues are empty, dead letters collected, the ledger reconciles. */
  private async checkEnd() {
    const { injector, violations } = this;
    await injector.load.stop();
    await until('the dead letter queue to be empty', () => this.areDeadLettersCollected(), {
      seconds: DRAIN_SECONDS,
    }).catch((error: Error) =>
      violations.add('dead letters are not collected', this.recent.join('\n'), error.message),
    );
    const { isDrained, unfinished } = await waitUntilDrained(injector, Date.now() + DRAIN_SECONDS * 1_000, {
      emptyQueues: true,
      exceptQueues: SLOW_QUEUES,
    });
    if (!isDrained) violations.add('not drained at the end', this.recent.join('\n'), unfinished);
    await this.checkSlowQueues();
    for (const app of APP_NAMES) {
      const { status, text } = await injector.apps.health(app);
      if (status !== 200) violations.add(`${app} is not ready at the end`, '', text);
    }
    await this.checkLedger();
  }

  /** A message that a client published to a slow retry queue may wait there. No other may. */
  private async checkSlowQueues() {
    let waiting = 0;
    for (const queue of SLOW_QUEUES) waiting += await this.injector.broker.countReady(queue);
    if (waiting > this.sentToSlowQueues)
      this.violations.add(
        'messages wait in slow retry queues',
        '',
        `${waiting}, of which ${this.sentToSlowQueues} were published there`,
      );
  }

  /** Counts the messages that are delivered and not acknowledged too: a collector that cannot store one keeps it. */
  private async areDeadLettersCollected() {
    const { broker } = this.injector;
    const queues = await broker.requestManagementApi<{ name: string; messages?: number }[]>(
      'GET',
      `/api/queues/${broker.vhostPath}`,
    );
    const collected: string[] = [DEAD_LETTER_QUEUE, UNROUTED_QUEUE];
    return queues.every(({ name, messages = 0 }) => !collected.includes(name) || messages === 0);
  }

  private async checkLedger() {
    const { injector, violations } = this;
    const { findings } = await injector.database.inSnapshot((sql) =>
      checkLedger(sql, ledgerFactsOf(injector)),
    );
    for (const guarantee of GUARANTEES)
      for (const finding of findings[guarantee])
        // The fuzzer may order twice with the same hostile address.
        if (!/ordered once and has/.test(finding) || /@load\.example/.test(finding))
          violations.add(`ledger: ${guarantee}`, '', finding);
    const [row] = await injector.database.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM notifications WHERE movement_id IS NOT NULL`,
    );
    if (row!.count > MAX_FORGED_ALERTS)
      violations.add('forged stock.updated messages caused mails', '', `${row!.count} low-stock mails`);
  }
}
