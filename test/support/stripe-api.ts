import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeIntent {
  id: string;
  object: 'payment_intent';
  amount: number;
  currency: string;
  status: string;
  metadata: Record<string, string>;
  last_payment_error: { code: string; decline_code?: string } | null;
}

interface FakeRefund {
  id: string;
  object: 'refund';
  payment_intent: string;
  amount: number;
  status: string;
}

interface StoredAnswer {
  request: string;
  status: number;
  body: unknown;
}

/** A part of Stripe's HTTP API: PaymentIntents and refunds, with idempotency keys as Stripe documents them. */
export class FakeStripeApi {
  readonly intents = new Map<string, FakeIntent>();
  readonly refunds: FakeRefund[] = [];
  readonly requests: { path: string; authorization?: string; key?: string }[] = [];
  /** So many requests are carried out, and their answers are lost. */
  answersToLose = 0;
  /** The next request gets this answer, and is not carried out. */
  nextError?: { status: number; body: unknown };
  private readonly answers = new Map<string, StoredAnswer>();
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      void this.handle(request).then((answer) => {
        if (this.answersToLose > 0) {
          this.answersToLose -= 1;
          return request.socket.destroy();
        }
        response.writeHead(answer.status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(answer.body));
      });
    });
  }

  static async start() {
    const api = new FakeStripeApi();
    await new Promise<void>((resolve) => api.server.listen(0, '127.0.0.1', resolve));
    return api;
  }

  get url() {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop() {
    await new Promise((resolve) => {
      this.server.close(resolve);
      this.server.closeAllConnections();
    });
  }

  private async handle(request: IncomingMessage): Promise<Omit<StoredAnswer, 'request'>> {
    const url = new URL(request.url!, 'http://stripe');
    const key = request.headers['idempotency-key'] as string | undefined;
    const body = new URLSearchParams(await read(request));
    this.requests.push({ path: url.pathname, authorization: request.headers.authorization, key });
    if (this.nextError) {
      const error = this.nextError;
      this.nextError = undefined;
      return error;
    }
    if (request.method === 'GET') return this.read(url);
    const stored = key === undefined ? undefined : this.answers.get(key);
    if (stored && stored.request !== url.pathname + body.toString())
      return errorAnswer(400, {
        type: 'idempotency_error',
        message: 'Keys can only be used with the same parameters.',
      });
    if (stored) return stored;
    const answer = this.change(url.pathname, body);
    if (key !== undefined) this.answers.set(key, { ...answer, request: url.pathname + body.toString() });
    return answer;
  }

  private change(path: string, body: URLSearchParams) {
    const [, cancelled] = /^\/v1\/payment_intents\/(.+)\/cancel$/.exec(path) ?? [];
    if (cancelled !== undefined) {
      const intent = this.intents.get(cancelled)!;
      intent.status = 'canceled';
      return { status: 200, body: intent };
    }
    return path === '/v1/refunds' ? this.createRefund(body) : this.createIntent(body);
  }

  private read({ pathname, searchParams }: URL) {
    if (pathname === '/v1/payment_intents/search') {
      const [, value] = /^metadata\['payment_key'\]:'(.*)'$/.exec(searchParams.get('query')!)!;
      const data = [...this.intents.values()].filter(({ metadata }) => metadata.payment_key === value);
      return { status: 200, body: { object: 'search_result', data, has_more: false } };
    }
    const intent = this.intents.get(pathname.split('/').at(-1)!);
    return intent
      ? { status: 200, body: intent }
      : errorAnswer(404, {
          type: 'invalid_request_error',
          code: 'resource_missing',
          message: 'No such PaymentIntent',
        });
  }

  private createIntent(body: URLSearchParams) {
    const method = body.get('payment_method')!;
    if (method === 'pm_missing')
      return errorAnswer(400, {
        type: 'invalid_request_error',
        code: 'resource_missing',
        message: 'No such PaymentMethod',
      });
    const intent: FakeIntent = {
      id: `pi_${this.intents.size + 1}`,
      object: 'payment_intent',
      amount: Number(body.get('amount')),
      currency: body.get('currency')!,
      status: 'succeeded',
      metadata: {
        payment_key: body.get('metadata[payment_key]')!,
        order_id: body.get('metadata[order_id]')!,
      },
      last_payment_error: null,
    };
    this.intents.set(intent.id, intent);
    if (method === 'pm_processing') intent.status = 'processing';
    if (method === 'pm_authenticate') intent.status = 'requires_action';
    const decline = { pm_declined: 'generic_decline', pm_poor: 'insufficient_funds' }[method];
    if (decline === undefined) return { status: 200, body: intent };
    intent.status = 'requires_payment_method';
    intent.last_payment_error = { code: 'card_declined', decline_code: decline };
    return errorAnswer(402, {
      type: 'card_error',
      code: 'card_declined',
      decline_code: decline,
      message: 'Your card was declined.',
      payment_intent: intent,
    });
  }

  private createRefund(body: URLSearchParams) {
    const intent = this.intents.get(body.get('payment_intent')!);
    const amount = Number(body.get('amount'));
    const made = this.refunds
      .filter(({ payment_intent }) => payment_intent === intent?.id)
      .reduce((sum, refund) => sum + refund.amount, 0);
    if (intent?.status !== 'succeeded' || made + amount > intent.amount)
      return errorAnswer(400, {
        type: 'invalid_request_error',
        code: 'charge_already_refunded',
        message: 'The refund exceeds the charge.',
      });
    const refund: FakeRefund = {
      id: `re_${this.refunds.length + 1}`,
      object: 'refund',
      payment_intent: intent.id,
      amount,
      status: 'succeeded',
    };
    this.refunds.push(refund);
    return { status: 200, body: refund };
  }
}

const errorAnswer = (status: number, error: object) => ({ status, body: { error } });

async function read(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
