import { EXCHANGE } from '@estoque/domain';
import type { ApiDocument, Operation, Schema } from '../support/openapi.js';
import type { Credential } from './credentials.js';
import { acceptsIfMatch, type FuzzRequest } from './http-requests.js';
import type { FuzzMessage } from './messages.js';
import { encodeJson, PROTOTYPE_NAMES, REFUSED_TAGS, type ValueGenerator } from './values.js';

// Input that broke the system once, or is known to break others. Every run sends it, random input follows.

const DEPTH = 3_000;
const NESTED = [
  '['.repeat(DEPTH) + ']'.repeat(DEPTH),
  `${'{"a":'.repeat(DEPTH)}1${'}'.repeat(DEPTH)}`,
  `{"a":${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}}`,
];
const DATES = [
  '2026-W10',
  '20260101',
  '2026-01-01T10',
  '2026-060',
  '2026-13-01',
  '+275760-09-13T00:00:00.001Z',
];
const CONTROL_CHARACTER_ADDRESS = '"a\u0001b"@example.com';

/** A request that must be refused with a 4xx. */
const refused = (operation: Operation, fields: Partial<FuzzRequest>): FuzzRequest => ({
  operation,
  method: operation.method,
  url: operation.path,
  headers: operation.body ? { 'content-type': 'application/json' } : {},
  isDocumented: true,
  mustBeRefused: true,
  ...fields,
});

/** @param pathOf fills the ids into the path of an operation */
export function corpusRequests(
  document: ApiDocument,
  values: ValueGenerator,
  pathOf: (operation: Operation) => string,
): FuzzRequest[] {
  const { operations } = document;
  const withBody = operations.filter(
    (operation): operation is Operation & { body: Schema } => operation.body !== undefined,
  );
  const listOrders = operations.find(({ name }) => name === 'GET /v1/orders')!;
  const placeOrder = withBody.find(({ name }) => name === 'POST /v1/orders')!;
  const order = values.valid(placeOrder.body) as { customer: object };
  return [
    ...DATES.flatMap((date) =>
      ['created_from', 'created_to'].map((name) =>
        refused(listOrders, { url: `${listOrders.path}?${name}=${encodeURIComponent(date)}` }),
      ),
    ),
    ...withBody.flatMap((operation) => {
      const url = pathOf(operation);
      const body = values.valid(operation.body) as object;
      return [
        ...NESTED.map((nested) => refused(operation, { url, body: nested })),
        ...PROTOTYPE_NAMES.map((name) =>
          refused(operation, { url, body: `{"${name}":1,${encodeJson(body).slice(1)}`.replace(',}', '}') }),
        ),
      ];
    }),
    ...withBody.filter(acceptsIfMatch).flatMap((operation) =>
      REFUSED_TAGS.map((tag) =>
        refused(operation, {
          url: pathOf(operation),
          headers: { 'content-type': 'application/json', 'if-match': tag },
          body: encodeJson(values.valid(operation.body)),
        }),
      ),
    ),
    refused(placeOrder, {
      body: encodeJson({ ...order, customer: { ...order.customer, email: CONTROL_CHARACTER_ADDRESS } }),
    }),
  ];
}

/** Operations to which every invalid credential is sent: with and without a path parameter and a body. */
const REFUSED_OPERATIONS = ['GET /v1/orders', 'GET /v1/orders/{id}', 'POST /v1/orders', 'POST /v1/api-keys'];

/** @returns a valid request to each operation; for an invalid credential, to some of them */
export function accessRequests(
  { operations }: ApiDocument,
  values: ValueGenerator,
  pathOf: (operation: Operation) => string,
  credential: Credential,
): FuzzRequest[] {
  const isValid = credential.scopes !== undefined;
  return operations
    .filter(({ name }) => isValid || REFUSED_OPERATIONS.includes(name))
    .map((operation): FuzzRequest => ({
      operation,
      credential,
      method: operation.method,
      url: pathOf(operation),
      headers: operation.body ? { 'content-type': 'application/json' } : {},
      body: operation.body && encodeJson(values.valid(operation.body)),
      isDocumented: true,
    }));
}

const MEGABYTES = 16;
const UNKNOWN_ORDER = 5_000_000_000;

/** @param orderId an order whose events may be forged */
export function corpusMessages(orderId: number): FuzzMessage[] {
  const message = (
    exchange: string,
    body: object | Buffer,
    headers: object = {},
    routingKey = 'order.created',
  ) => ({
    target: exchange,
    exchange,
    routingKey,
    body: Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body)),
    options: { persistent: true, headers },
  });
  const repeat = (count: number, create: (index: number) => FuzzMessage) =>
    Array.from({ length: count }, (_, index) => create(index));
  const created = (order_id: number, quantity = 1) => ({
    event: 'order.created',
    order_id,
    items: [{ product_id: 1, quantity }],
  });
  const forgedAlert = {
    event: 'stock.updated',
    items: Array.from({ length: 2_000 }, (_, index) => ({
      product_id: 1,
      movement_id: index + 1,
      quantity: -1,
      on_hand: 0,
      reserved: 0,
      available: 0,
    })),
  };
  return [
    message(`${EXCHANGE}.dead`, created(1), { attempt: 3_000_000_000 }),
    message(`${EXCHANGE}.dead`, created(1), { 'x-death': [{ queue: 5 }] }),
    message(`${EXCHANGE}.dead`, created(1), {
      dead_letter_from: 'nowhere',
      dead_letter_code: '\0'.repeat(500),
    }),
    message(`${EXCHANGE}.dead`, Buffer.alloc(MEGABYTES * 1024 ** 2, 'x')),
    message(EXCHANGE, created(1), { attempt: 3_000_000_000 }),
    message(`${EXCHANGE}.retry.v2`, created(1), { retry_step: 1, home_queue: 'order_queue' }),
    ...repeat(40, () => ({
      ...message(`${EXCHANGE}.retry.v2`, created(1), { retry_step: 1, home_queue: 'nowhere' }),
      options: { persistent: true, expiration: 10, headers: { retry_step: 1, home_queue: 'nowhere' } },
    })),
    message(EXCHANGE, forgedAlert, {}, 'stock.updated'),
    ...repeat(150, (index) => message(EXCHANGE, created(orderId, 2 + index))),
    ...repeat(600, (index) => message(EXCHANGE, created(UNKNOWN_ORDER + index))),
  ];
}
