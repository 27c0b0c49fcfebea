import type { EntityManager } from 'typeorm';
import type { Charge, ChargeOutcome } from './payment-gateway.js';
import { keyOf, type parsePaymentKey } from './payment-key.js';
import type { Payment } from './payment.entity.js';

/** The payload of `payment.requested` and of the events with its outcome. */
export type PaymentRequest = { payment_id: number } & Pick<Payment, 'order_id' | 'amount' | 'currency'>;

/** A payment, as the worker that talks to the gateway needs it. */
export type OpenPayment = Pick<
  Payment,
  | 'id'
  | 'order_id'
  | 'nonce'
  | 'method'
  | 'currency'
  | 'amount'
  | 'captured'
  | 'status'
  | 'gateway_reference'
  | 'failure'
>;

const OPEN_COLUMNS =
  'id, order_id, nonce, method, currency, amount, captured, status, gateway_reference, failure';
const REQUEST_COLUMNS = 'id AS payment_id, order_id, amount, currency';
/** As literals, which are the condition of an index. */
const WITHOUT_OUTCOME = `status IN ('requested', 'pending')`;

/** The message `payment.requested` has this much time before the reconciler asks the gateway. */
const FIRST_CHECK_SECONDS = 30;
const MAX_CHECK_SECONDS = 300;
/** A charge that the gateway does not know after this time after the last request for it will not be made anymore. */
const SETTLED_SECONDS = 300;

/**
 * Writes `payments` and `payment_attempts`. The rows of orders are locked before those of their payments, so that two
 * transactions cannot deadlock.
 */
export class PaymentRepository {
  constructor(private readonly manager: EntityManager) {}

  /** Stores a payment of its total for each order. The caller has locked the orders. @returns the payments by order id */
  async request(orderIds: number[]): Promise<Map<number, PaymentRequest>> {
    if (orderIds.length === 0) return new Map();
    const requests = await this.manager.query<PaymentRequest[]>(
      `INSERT INTO payments (order_id, method, currency, amount, next_check_at)
       SELECT id, payment_method, currency, total, clock_timestamp() + make_interval(secs => $2)
       FROM orders WHERE id = ANY($1) ORDER BY id
       RETURNING ${REQUEST_COLUMNS}`,
      [orderIds, FIRST_CHECK_SECONDS],
    );
    return byOrder(requests);
  }

  /** @returns the payments by order id; orders without one are omitted */
  async requestsOf(orderIds: number[]): Promise<Map<number, PaymentRequest>> {
    if (orderIds.length === 0) return new Map();
    return byOrder(
      await this.manager.query<PaymentRequest[]>(
        `SELECT ${REQUEST_COLUMNS} FROM payments WHERE order_id = ANY($1)`,
        [orderIds],
      ),
    );
  }

  /** @returns the statuses by order id; orders without a payment are omitted */
  async statusesOf(orderIds: number[]): Promise<Map<number, Payment['status']>> {
    if (orderIds.length === 0) return new Map();
    const payments = await this.manager.query<Pick<Payment, 'order_id' | 'status'>[]>(
      'SELECT order_id, status FROM payments WHERE order_id = ANY($1)',
      [orderIds],
    );
    return new Map(payments.map(({ order_id, status }) => [order_id, status]));
  }

  /** Locks the payment of an order that the caller has locked. @returns undefined if it has none */
  async lockOfOrder(orderId: number): Promise<OpenPayment | undefined> {
    const [payment] = await this.manager.query<OpenPayment[]>(
      `SELECT ${OPEN_COLUMNS} FROM payments WHERE order_id = $1 FOR NO KEY UPDATE`,
      [orderId],
    );
    return payment;
  }

  /** Records that the gateway is asked for the charge. @returns id of the attempt */
  async startAttempt(paymentId: number): Promise<number> {
    const [attempt] = await this.manager.query<[{ id: number }]>(
      'INSERT INTO payment_attempts (payment_id) VALUES ($1) RETURNING id',
      [paymentId],
    );
    return attempt.id;
  }

  async finishAttempt(id: number, outcome: ChargeOutcome) {
    await this.manager.query(
      'UPDATE payment_attempts SET finished_at = clock_timestamp(), outcome = $2, detail = $3 WHERE id = $1',
      [id, outcome.type, detailOf(outcome)],
    );
  }

  /** Whether no charge of the payment can still be on its way to the gateway. */
  async isSettled(paymentId: number): Promise<boolean> {
    const [row] = await this.manager.query<[{ settled: boolean }]>(
      `SELECT NOT EXISTS (SELECT 1 FROM payment_attempts WHERE payment_id = $1
         AND started_at > clock_timestamp() - make_interval(secs => $2)) AS settled`,
      [paymentId, SETTLED_SECONDS],
    );
    return row.settled;
  }

  async capture(id: number, reference: string) {
    await this.manager.query(
      `UPDATE payments SET status = 'captured', captured = amount, failure = NULL, gateway_reference = $2,
              updated_at = clock_timestamp() WHERE id = $1`,
      [id, reference],
    );
  }

  async fail(id: number, reason: string, reference?: string) {
    await this.manager.query(
      `UPDATE payments SET status = 'failed', failure = $2, gateway_reference = coalesce($3, gateway_reference),
              updated_at = clock_timestamp() WHERE id = $1`,
      [id, reason, reference ?? null],
    );
  }

  /** Records that the gateway decides later. */
  async markPending(id: number, reference: string) {
    await this.manager.query(
      `UPDATE payments SET status = 'pending', gateway_reference = $2, updated_at = clock_timestamp()
       WHERE id = $1 AND status = 'requested'`,
      [id, reference],
    );
  }

  /** Records that the payment will not be charged. */
  async cancel(id: number) {
    await this.manager.query(
      `UPDATE payments SET status = 'cancelled', updated_at = clock_timestamp() WHERE id = $1 AND ${WITHOUT_OUTCOME}`,
      [id],
    );
  }

  /** Records that the gateway gave no clear answer: the reconciler asks it soon, and less often with each check. */
  async noteUnknown(id: number) {
    await this.manager.query(
      `UPDATE payments SET next_check_at =
         least(next_check_at, clock_timestamp() + make_interval(secs => 2 ^ least(checks, 16)))
       WHERE id = $1 AND ${WITHOUT_OUTCOME}`,
      [id],
    );
  }

  /** Lets the reconciler ask the gateway at its next poll. @returns whether the payment exists and has no outcome */
  async checkSoon({ id, nonce }: NonNullable<ReturnType<typeof parsePaymentKey>>): Promise<boolean> {
    const [, count] = await this.manager.query<[unknown[], number]>(
      `UPDATE payments SET next_check_at = clock_timestamp(), checks = 0
       WHERE id = $1 AND nonce = $2 AND ${WITHOUT_OUTCOME}`,
      [id, nonce],
    );
    return count > 0;
  }

  /** Claims payments that are due for a check, and sets the time of the next one. Concurrent processes claim different ones. */
  async claimDue(limit: number): Promise<OpenPayment[]> {
    const [claimed] = await this.manager.query<[OpenPayment[], number]>(
      `UPDATE payments SET checks = least(checks + 1, 1000),
              next_check_at = clock_timestamp() + make_interval(secs => least($2, 2 ^ least(checks, 16)))
       WHERE id = ANY(ARRAY(
         SELECT id FROM payments WHERE ${WITHOUT_OUTCOME} AND next_check_at <= clock_timestamp()
         ORDER BY next_check_at LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED))
       RETURNING ${OPEN_COLUMNS}`,
      [limit, MAX_CHECK_SECONDS],
    );
    return claimed;
  }

  /** Payments without an outcome that are older than `seconds`, counted up to `max`. */
  async countWithoutOutcome(seconds: number, max: number): Promise<number> {
    const [row] = await this.manager.query<[{ count: number }]>(
      `SELECT count(*)::integer AS count FROM (
         SELECT 1 FROM payments WHERE ${WITHOUT_OUTCOME}
         AND created_at < clock_timestamp() - make_interval(secs => $1) LIMIT $2) AS open`,
      [seconds, max],
    );
    return row.count;
  }
}

/** The charge that the gateway is asked for. */
export const chargeOf = (payment: OpenPayment): Charge => ({
  key: keyOf('payment', payment),
  orderId: payment.order_id,
  method: payment.method,
  amount: payment.amount,
  currency: payment.currency,
  reference: payment.gateway_reference ?? undefined,
});

const byOrder = (requests: PaymentRequest[]) =>
  new Map(requests.map((request) => [request.order_id, request]));

function detailOf(outcome: ChargeOutcome): string | null {
  if (outcome.type === 'declined') return outcome.reason;
  return outcome.type === 'unknown' ? outcome.detail.slice(0, 500) : null;
}
