import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { authorization } from '../support/credentials.js';
import type { Random } from './random.js';

export interface OrderItem {
  product_id: number;
  quantity: number;
}

/** One order request and its first response. */
export interface OrderRequest {
  /** Unique for each request, so that an order whose response was lost can be found. */
  email: string;
  /** Sent as `Idempotency-Key`; a third of the requests have one. */
  key?: string;
  body: string;
  /** Time of the request, in milliseconds since 1970. */
  sentAt: number;
  /** Time from the request to the response, in milliseconds; undefined until then. */
  answeredAfterMs?: number;
  /** Id of the order, if the API answered 202: the request, or its repetition with the same key. */
  id?: number;
  /** HTTP status; 0 if there was no response. */
  status: number;
  /** `code` of the problem document, if the API refused the request. */
  code?: string;
  /** Why there was no response. */
  error?: string;
  /** Whether the request was not accepted, but its order was found in the database. */
  isStored?: boolean;
  /** Whether the request was sent again with the same key. */
  isRepeated?: boolean;
}

/** What the client knows of an order that was not accepted. Undefined while a response can still arrive, and if accepted. */
export type Refusal = 'refused' | 'outcome unknown' | 'unanswered';

export function refusalOf({ status, code, error }: OrderRequest): Refusal | undefined {
  if (status === 202) return undefined;
  if (status === 0) return error === undefined ? undefined : 'unanswered';
  return code === 'outcome_unknown' ? 'outcome unknown' : 'refused';
}

/** Ids of the products that the load orders. */
export interface Products {
  /** Ordered most often. */
  hot: number;
  plentiful: number[];
  /** Too little stock for all orders. */
  scarce: number[];
}

const EMAIL_DOMAIN = 'load.example';
const REQUEST_TIMEOUT_MS = 60_000;
/** One of so many requests carries an `Idempotency-Key`. */
const REQUESTS_PER_KEY = 3;
/** Share of the orders that have a payment, and share of those that are cancelled. */
const PAID_SHARE = 0.4;
const CANCELLED_SHARE = 0.25;
const METHODS = [
  ...Array.from({ length: 6 }, () => 'tok_ok'),
  'tok_declined',
  'tok_insufficient_funds',
  'tok_timeout',
  'tok_slow',
  'tok_async',
  'tok_flaky',
];
const MAX_PARALLEL_REPEATS = 10;
const REPEAT_WITHIN_MS = 60_000;

type Answer = Pick<OrderRequest, 'status' | 'id' | 'code' | 'error'>;

/** No answer, temporarily unavailable, or the first request is still running (409): the request may be sent again. */
const isRepeatable = ({ status }: Answer) => [0, 409, 503].includes(status);

/** Generates orders continuously, independent of the responses. */
export class Load {
  readonly requests: OrderRequest[] = [];
  private readonly pending = new Set<Promise<unknown>>();
  private running?: Promise<void>;
  private rate = 0;

  constructor(
    public apiUrl: string,
    private readonly random: Random,
  ) {}

  get accepted() {
    return this.requests.filter(({ id }) => id !== undefined);
  }

  /** Sends `rate` requests per second from now on, some of them with a payment. It does not wait for responses. */
  start(products: Products, rate: number, { withPayments = false } = {}) {
    this.rate = rate;
    this.running ??= (async () => {
      while (this.rate > 0) {
        const isPaid = withPayments && this.random.next() < PAID_SHARE;
        const items = this.randomItems(products);
        if (isPaid) this.placePaidOrder(items);
        else void this.placeOrder(items);
        await sleep((1_000 / this.rate) * (0.5 + this.random.next()));
      }
    })();
  }

  /** Sends no more requests; resolves when all are answered. */
  async stop() {
    this.rate = 0;
    await this.running;
    this.running = undefined;
    await Promise.all(this.pending);
  }

  /**
   * @param customer first part of the customer's e-mail address
   * @param method token of the payment gateway; undefined: an order without a payment
   * @returns the request when it is answered or has failed; never rejects
   */
  placeOrder(items: OrderItem[], customer = 'order', method?: string): Promise<OrderRequest> {
    const number = this.requests.length + 1;
    const email = `${customer}-${number}@${EMAIL_DOMAIN}`;
    const locale = this.random.pick(['en', 'pt-BR']);
    const request: OrderRequest = {
      email,
      key: number % REQUESTS_PER_KEY === 0 ? randomUUID() : undefined,
      body: JSON.stringify({
        customer: { name: 'Ana Souza', email },
        items,
        locale,
        ...(method && { payment: { method } }),
      }),
      sentAt: Date.now(),
      status: 0,
    };
    this.requests.push(request);
    const sending = this.placeFirst(request).finally(() => this.pending.delete(sending));
    this.pending.add(sending);
    return sending;
  }

  /** Some of these orders are cancelled soon, in any status. */
  private placePaidOrder(items: OrderItem[]) {
    const placing = this.placeOrder(items, 'paid', this.random.pick(METHODS));
    if (this.random.next() >= CANCELLED_SHARE) return;
    const delay = this.random.between(0, 1_500);
    const cancelling = placing
      .then(async ({ id }) => {
        if (id === undefined) return;
        await sleep(delay);
        await this.cancel(id);
      })
      .finally(() => this.pending.delete(cancelling));
    this.pending.add(cancelling);
  }

  /** Never rejects: an order that cannot be cancelled goes on. */
  private async cancel(id: number) {
    const url = `${this.apiUrl}/v1/orders/${id}/cancel`;
    const signal = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
    await fetch(url, { method: 'POST', headers: authorization('clerk'), signal }).catch(() => undefined);
  }

  private async placeFirst(request: OrderRequest) {
    Object.assign(request, await this.send(request));
    request.answeredAfterMs = Date.now() - request.sentAt;
    return request;
  }

  /**
   * Repeats every request that has a key and was answered with 503 or not at all, as a client would: with the same key and
   * body, until the API gives another answer.
   *
   * @returns number of repeated requests
   * @throws if a request is not answered in time
   */
  async repeatWithKeys(): Promise<number> {
    const waiting = this.requests.filter(
      (request) => request.key && !request.isRepeated && isRepeatable(request) && refusalOf(request),
    );
    const count = waiting.length;
    const end = Date.now() + REPEAT_WITHIN_MS;
    const repeatAll = async () => {
      for (let request = waiting.pop(); request; request = waiting.pop()) await this.repeat(request, end);
    };
    await Promise.all(Array.from({ length: MAX_PARALLEL_REPEATS }, repeatAll));
    return count;
  }

  private async repeat(request: OrderRequest, end: number) {
    request.isRepeated = true;
    for (;;) {
      const answer = await this.send(request);
      if (answer.id !== undefined) request.id = answer.id;
      if (!isRepeatable(answer)) return;
      if (Date.now() > end)
        throw new Error(
          `${request.email} is not accepted when it is repeated: ${answer.code ?? answer.error ?? answer.status}`,
        );
      await sleep(500);
    }
  }

  /** Never rejects. */
  private async send({ key, body }: OrderRequest): Promise<Answer> {
    try {
      const response = await fetch(`${this.apiUrl}/v1/orders`, {
        method: 'POST',
        headers: {
          ...authorization('clerk'),
          'content-type': 'application/json',
          ...(key && { 'idempotency-key': key }),
        },
        body,
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      });
      const { status } = response;
      const { id, code } = (await response.json()) as { id?: number; code?: string };
      return status === 202 ? { status, id } : { status, code };
    } catch (error) {
      const { message, cause = '' } = error as Error;
      return { status: 0, error: `${message} ${String(cause)}` };
    }
  }

  /**
   * One to three products. A third of the orders contain the hot product. A fifth contain the same two products in one
   * order or the other, which provokes deadlocks.
   */
  private randomItems({ hot, plentiful, scarce }: Products): OrderItem[] {
    const { random } = this;
    const toItem = (product_id: number) => ({ product_id, quantity: random.between(1, 3) });
    const first = plentiful[0]!;
    const second = plentiful[1]!;
    const kind = random.next();
    if (kind < 0.1) return [first, second].map(toItem);
    if (kind < 0.2) return [second, first].map(toItem);
    const products = new Set<number>();
    if (kind < 0.55) products.add(hot);
    if (kind > 0.85) products.add(random.pick(scarce));
    const size = random.between(1, 3);
    while (products.size < size) products.add(random.pick(plentiful));
    return [...products].map(toItem);
  }
}
