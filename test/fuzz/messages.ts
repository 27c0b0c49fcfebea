import { catalogue, EXCHANGE } from '@estoque/domain';
import { topologyOf } from '@estoque/messaging';
import type { Options } from 'amqplib';
import { randomUUID } from 'node:crypto';
import type { Random } from '../faults/random.js';
import { encodeJson, hostileText, hostileValue, mutate } from './values.js';

/** One message, as it is published and as it is printed. */
export interface FuzzMessage {
  /** Where it is published: an exchange, or `queue:<name>` for the default exchange. */
  target: string;
  exchange: string;
  routingKey: string;
  body: Buffer;
  options: Options.Publish;
}

const topology = topologyOf(EXCHANGE, catalogue);
const EXCHANGES = topology.exchanges.map(({ name }) => name);
const QUEUES = topology.queues.map(({ name }) => name);
const EVENTS = Object.values(catalogue);
/** An id that no order, product or movement has. */
const UNKNOWN_ID = 4_000_000_000;

const tables = (depth: number) => {
  let table: unknown = 1;
  for (let level = 0; level < depth; level++) table = { a: table };
  return table;
};
const arrays = (depth: number) => {
  let array: unknown = 1;
  for (let level = 0; level < depth; level++) array = [array];
  return array;
};

const HEADER_VALUES: Record<string, unknown[]> = {
  attempt: [3_000_000_000, -1, 0, 1.5, 'x', null, {}, [], true, 2 ** 53, 4],
  'x-death': [[{ queue: 5 }], [null], 'x', {}, [], 7, [[]], [{ queue: {}, reason: [] }], [{ count: -1 }]],
  'x-delivery-count': [-1, 'x', 1_000_000, null, {}],
  retry_step: [1, 2, 3, 4, 5, 0, 99, '1', null],
  home_queue: ['order_queue', 'nowhere', 'dead_letter_queue', 5, null, {}, ''],
  dead_letter_from: ['order_queue', 'nowhere', 7, {}, 'x'.repeat(3_000), '\0'],
  dead_letter_code: ['bug', 5, [], 'y'.repeat(3_000), '\0', ''],
  dead_letter_reason: ['because', 5, {}, 'z'.repeat(20_000), '\0'],
  dead_letter_stack: ['at x', 5, {}, 's'.repeat(20_000), '\0'],
  rerouted: [0, 4, 5, -1, 'x', 1e9, {}],
  replayed: [true, 'x', {}],
  traceparent: [
    '00-0-0-0',
    'x'.repeat(5_000),
    5,
    {},
    '00-ffffffffffffffffffffffffffffffff-ffffffffffffffff-ff',
  ],
  tracestate: ['='.repeat(1_000), 5],
  constructor: ['x'],
  nested: [tables(20), tables(1_000), arrays(1_000), tables(4_000)],
};
const PROPERTIES: Partial<Record<keyof Options.Publish, unknown[]>> = {
  messageId: ['', 'x'.repeat(255), '\0', 'same', undefined],
  contentType: ['text/plain', '', undefined],
  contentEncoding: ['gzip', 'x'],
  correlationId: ['x'.repeat(255), ''],
  type: ['order.unknown', ''],
  appId: ['\0'],
  timestamp: [0, 2 ** 52, 1],
  priority: [0, 255],
  expiration: ['0', '1', '50'],
  deliveryMode: [1, 2],
};

/** Generates messages for every exchange and queue of the topology. */
export class MessageGenerator {
  constructor(
    private readonly random: Random,
    /** Ids of orders whose events may be forged. */
    private readonly orderIds: () => number[],
  ) {}

  generate(): FuzzMessage {
    const { random } = this;
    const event = random.pick(EVENTS);
    const isQueue = random.next() < 0.3;
    const exchange = isQueue ? '' : random.pick([EXCHANGE, EXCHANGE, EXCHANGE, ...EXCHANGES]);
    const routingKey = isQueue
      ? random.pick(QUEUES)
      : random.next() < 0.9
        ? event.name
        : hostileText(random).slice(0, 60);
    return {
      target: isQueue ? `queue:${routingKey}` : exchange,
      exchange,
      routingKey,
      body: this.body(event),
      options: { persistent: true, ...this.properties(), headers: this.headers(exchange) },
    };
  }

  private body(event: (typeof EVENTS)[number]): Buffer {
    const { random } = this;
    const kind = random.next();
    if (kind < 0.03) return Buffer.alloc(random.between(1, 3) * 1_000_000, random.pick(['x', '{"a":', '\0']));
    if (kind < 0.06)
      return Buffer.from(random.pick(['', 'null', '[]', '5', '"x"', '\ufeff{}', '{"event": ']));
    if (kind < 0.09)
      return Buffer.from(`{"event":"${event.name}","a":${'['.repeat(15_000)}${']'.repeat(15_000)}}`);
    let value: unknown = this.payload(event);
    // A valid message of an order that does not exist, or that differs from the stored order.
    if (random.next() < 0.6) value = mutate(value, random, () => hostileValue(random));
    return Buffer.from(encodeJson(value));
  }

  private payload(event: (typeof EVENTS)[number]): Record<string, unknown> {
    const { random } = this;
    const orderId =
      random.next() < 0.5 ? UNKNOWN_ID + random.between(1, 1_000) : (random.pick(this.orderIds()) ?? 1);
    const payload = {
      event: event.name,
      event_id: randomUUID(),
      ...(structuredClone(event.example) as Record<string, unknown>),
      order_id: orderId,
    };
    if (event.name !== 'stock.updated') return payload;
    // A forged low stock of products and movements that may not exist.
    const items = Array.from({ length: random.between(1, 20) }, () => ({
      product_id: random.between(1, 1_000),
      movement_id: UNKNOWN_ID + random.between(1, 1_000_000),
      quantity: -1,
      on_hand: 0,
      reserved: 0,
      available: 0,
    }));
    return { ...payload, items };
  }

  private headers(exchange: string): Record<string, unknown> {
    const { random } = this;
    const names = Object.keys(HEADER_VALUES).filter(() => random.next() < 0.12);
    if (exchange.includes('.retry')) names.push('retry_step');
    if (exchange.includes('.return')) names.push('home_queue');
    return Object.fromEntries(names.map((name) => [name, random.pick(HEADER_VALUES[name]!)] as const));
  }

  private properties(): Options.Publish {
    const { random } = this;
    const names = Object.entries(PROPERTIES).filter(() => random.next() < 0.15);
    return Object.fromEntries(names.map(([name, values]) => [name, random.pick(values)] as const));
  }
}

const MAX_SHOWN_BODY = 500;

/** @returns the message as JSON; a long body is abbreviated */
export function toJson({ target, routingKey, body, options }: FuzzMessage): string {
  const text = body.toString();
  const shown =
    text.length > MAX_SHOWN_BODY
      ? `${text.slice(0, 100)}... (${body.length} bytes) ...${text.slice(-20)}`
      : text;
  const headers = JSON.stringify(options.headers ?? {});
  return JSON.stringify({
    target,
    routingKey,
    ...options,
    headers: headers.length > MAX_SHOWN_BODY ? `${headers.slice(0, 100)}...` : (options.headers as unknown),
    body: shown,
  });
}
