import { connect, type ChannelModel } from 'amqplib';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { query } from '../infrastructure/postgres.js';
import { haltServer } from '../infrastructure/server-signals.js';
import { sendSignal } from '../infrastructure/signals.js';
import { UserError } from '../lifecycle.js';

/** What a drill needs of `.local/stack.json`. */
export interface Stack {
  api: string;
  database_url: string;
  rabbitmq_url: string;
  tokens: { admin: string };
  processes: Record<string, { pid: number | null }>;
}

interface RawMessage {
  routingKey: string;
  body: string;
}

const EXCHANGE = 'stock_events';
/** Header of a copy, which is not copied again. */
const COPY_HEADER = 'x-lab-copy';
/** The API answers within 10 s, or a dependency is unavailable. */
const REQUEST_TIMEOUT_MS = 15_000;

/** What drills do to a running `npm start`. It records the orders that they place. */
export class Lab {
  /** Ids of the accepted orders. */
  readonly orderIds: number[] = [];
  refused = 0;
  /** Orders without an answer: an outage made it unknown whether they were accepted. */
  unanswered = 0;

  constructor(
    private readonly stack: Stack,
    readonly say: (text: string) => void,
    private readonly signal: AbortSignal,
  ) {}

  async createProduct(name: string, onHand: number): Promise<number> {
    const sku = `LAB-${randomUUID().slice(0, 8).toUpperCase()}`;
    const product = await this.request<{ id: number }>('POST', '/v1/products', {
      sku,
      name,
      price: 1_250,
      currency: 'BRL',
    });
    const receipt = { quantity: onHand, reason: 'stock for a drill' };
    await this.request('POST', `/v1/products/${product.id}/stock/receipts`, receipt);
    return product.id;
  }

  /** Places orders of one unit, evenly distributed over `seconds`. Resolves when all are answered. */
  async placeOrders(productId: number, count: number, seconds: number): Promise<void> {
    const placed: Promise<void>[] = [];
    for (let index = 0; index < count; index++) {
      placed.push(this.placeOrder(productId));
      await this.wait(seconds / count);
    }
    await Promise.all(placed);
  }

  private async placeOrder(productId: number) {
    const body = {
      customer: { name: 'Lab', email: `lab-${randomUUID().slice(0, 8)}@example.com` },
      items: [{ product_id: productId, quantity: 1 }],
    };
    // One key for all attempts: an order whose answer was lost is not placed twice.
    const key = randomUUID();
    for (let attempt = 1; attempt <= 5; attempt++) {
      try {
        const { id } = await this.request<{ id: number }>('POST', '/v1/orders', body, key);
        this.orderIds.push(id);
        return;
      } catch (error) {
        if (error instanceof RefusedRequest && !error.isTemporary) {
          this.refused += 1;
          return;
        }
        await this.wait(attempt);
      }
    }
    this.unanswered += 1;
  }

  kill(process: string) {
    sendSignal(this.pidOf(process), 'SIGKILL');
  }

  /** Halts a server: its connections stay open, and nothing answers. */
  async halt(process: string, seconds: number): Promise<void> {
    const resume = haltServer(this.pidOf(process));
    try {
      await this.wait(seconds);
    } finally {
      resume();
    }
  }

  /** Publishes messages as an external client does. */
  async publish(messages: RawMessage[]): Promise<void> {
    await this.withBroker(async (connection) => {
      const channel = await connection.createConfirmChannel();
      for (const { routingKey, body } of messages)
        channel.publish(EXCHANGE, routingKey, Buffer.from(body), { contentType: 'application/json' });
      await channel.waitForConfirms();
    });
  }

  /** Publishes each event once more while `work` runs. @returns the number of copies */
  async duplicateEvents(work: () => Promise<void>): Promise<number> {
    return this.withBroker(async (connection) => {
      const channel = await connection.createChannel();
      const { queue } = await channel.assertQueue('', { exclusive: true });
      await channel.bindQueue(queue, EXCHANGE, '#');
      let copies = 0;
      const copy = (message: Parameters<Parameters<typeof channel.consume>[1]>[0]) => {
        if (!message || message.properties.headers?.[COPY_HEADER]) return;
        copies += 1;
        const headers = { ...message.properties.headers, [COPY_HEADER]: true };
        channel.publish(EXCHANGE, message.fields.routingKey, message.content, {
          ...message.properties,
          headers,
        });
      };
      await channel.consume(queue, copy, { noAck: true });
      await work();
      return copies;
    });
  }

  /** The number of these orders in each status. */
  async countByStatus(): Promise<Record<string, number>> {
    const rows = await this.select<{ status: string; count: number }>(
      'SELECT status, count(*)::int AS count FROM orders WHERE id = ANY ($1) GROUP BY status',
      [this.orderIds],
    );
    return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
  }

  select<Row>(sql: string, values: unknown[] = []): Promise<Row[]> {
    return query<Row>(this.stack.database_url, sql, values);
  }

  /** Repeats `check` until it returns a value. @returns undefined if that takes longer than `seconds` */
  async until<Result>(
    seconds: number,
    check: () => Promise<Result | undefined | false>,
  ): Promise<Result | undefined> {
    const end = Date.now() + seconds * 1_000;
    while (Date.now() < end) {
      const result = await check().catch(() => undefined);
      if (result) return result;
      await this.wait(0.5);
    }
    return undefined;
  }

  async wait(seconds: number): Promise<void> {
    await sleep(seconds * 1_000, undefined, { signal: this.signal });
  }

  async request<Body = unknown>(method: string, path: string, body?: unknown, key?: string): Promise<Body> {
    const response = await fetch(this.stack.api + path, {
      method,
      headers: {
        authorization: `Bearer ${this.stack.tokens.admin}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(key && { 'idempotency-key': key }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.any([this.signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
    });
    const answer = await response.text();
    if (!response.ok) throw new RefusedRequest(`${method} ${path}`, response.status, answer);
    return JSON.parse(answer) as Body;
  }

  private async withBroker<Result>(work: (connection: ChannelModel) => Promise<Result>): Promise<Result> {
    const connection = await connect(this.stack.rabbitmq_url, { timeout: 10_000 });
    try {
      return await work(connection);
    } finally {
      await connection.close();
    }
  }

  private pidOf(name: string): number {
    const pid = this.stack.processes[name]?.pid;
    if (!pid)
      throw new UserError(`This drill needs ${name} as a process of npm start, which is not running.`);
    return pid;
  }
}

class RefusedRequest extends Error {
  constructor(
    request: string,
    private readonly status: number,
    answer: string,
  ) {
    super(`${request} was answered with ${status}: ${answer}`);
  }

  /** Whether the same request can succeed later. */
  get isTemporary() {
    return this.status === 409 || this.status === 429 || this.status >= 500;
  }
}
