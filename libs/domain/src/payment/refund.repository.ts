import type { EntityManager } from 'typeorm';
import type { RefundOrder } from './payment-gateway.js';
import { keyOf } from './payment-key.js';
import { REFUND_COLUMNS, type ListedRefund } from './payment-details.repository.js';
import type { Refund } from './payment.entity.js';
import { RefundTooLarge } from './payment.errors.js';
import { chargeOf, type OpenPayment } from './payment.repository.js';

const MAX_RETRY_SECONDS = 300;

/** A refund that is due, with its payment. */
export type DueRefund = Pick<Refund, 'id' | 'nonce' | 'amount' | 'cause'> & { payment: OpenPayment };

type RefundedPayment = Pick<OpenPayment, 'id' | 'captured'>;

/** Writes `refunds`, and the sum of those that succeeded to `payments`. */
export class RefundRepository {
  constructor(private readonly manager: EntityManager) {}

  /**
   * Requests a refund of a payment that the caller has locked; payment-worker makes it. A repetition with the same cause
   * changes nothing.
   *
   * @param amount in the currency's minor unit, or less if less is left; undefined: all that is not refunded yet
   * @returns whether a refund was requested; false if the cause has one, or if nothing is left to refund
   */
  async request(payment: RefundedPayment, cause: string, amount?: number): Promise<boolean> {
    const [row] = await this.manager.query<[{ has_cause: boolean }]>(
      'SELECT EXISTS (SELECT 1 FROM refunds WHERE payment_id = $1 AND cause = $2) AS has_cause',
      [payment.id, cause],
    );
    if (row.has_cause) return false;
    const refundable = await this.refundable(payment);
    if (refundable === 0) return false;
    await this.insert({ payment_id: payment.id, cause, amount: Math.min(amount ?? refundable, refundable) });
    return true;
  }

  /**
   * Requests a refund for a caller of the API, of a payment that the caller has locked.
   *
   * @param amount in the currency's minor unit; undefined: all that is not refunded yet
   * @throws RefundTooLarge
   */
  async requestFor(reason: string, payment: RefundedPayment, amount?: number): Promise<ListedRefund> {
    const refundable = await this.refundable(payment, amount);
    if (refundable === 0) throw new RefundTooLarge(amount ?? 0, refundable);
    return this.insert({ payment_id: payment.id, cause: 'request', amount: amount ?? refundable, reason });
  }

  /** @returns what is captured and not refunded, and will not be @throws RefundTooLarge */
  private async refundable({ id, captured }: RefundedPayment, amount = 0): Promise<number> {
    const [row] = await this.manager.query<[{ requested: number }]>(
      `SELECT coalesce(sum(amount), 0)::bigint AS requested FROM refunds WHERE payment_id = $1 AND status <> 'failed'`,
      [id],
    );
    const refundable = captured - row.requested;
    if (amount > refundable) throw new RefundTooLarge(amount, refundable);
    return refundable;
  }

  private async insert({
    payment_id,
    cause,
    amount,
    reason,
  }: Pick<Refund, 'payment_id' | 'cause' | 'amount'> & { reason?: string }): Promise<ListedRefund> {
    const [refund] = await this.manager.query<[ListedRefund]>(
      `INSERT INTO refunds (payment_id, cause, amount, reason) VALUES ($1, $2, $3, $4) RETURNING ${REFUND_COLUMNS}`,
      [payment_id, cause, amount, reason],
    );
    return refund;
  }

  /** Claims refunds that are due, and sets the time of the next attempt. Concurrent processes claim different ones. */
  async claimDue(limit: number): Promise<DueRefund[]> {
    const [claimed] = await this.manager.query<[DueRefund[], number]>(
      `UPDATE refunds SET attempts = least(refunds.attempts + 1, 1000),
              next_attempt_at = clock_timestamp() + make_interval(secs => least($2, 5 * 2 ^ least(refunds.attempts, 16)))
       FROM payments AS payment
       WHERE payment.id = refunds.payment_id AND refunds.id = ANY(ARRAY(
         SELECT id FROM refunds WHERE status = 'requested' AND next_attempt_at <= clock_timestamp()
         ORDER BY next_attempt_at LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED))
       RETURNING refunds.id, refunds.nonce, refunds.amount, refunds.cause, to_json(payment) AS payment`,
      [limit, MAX_RETRY_SECONDS],
    );
    return claimed;
  }

  /** @returns the amount in the currency's minor unit */
  async amountOf(id: number): Promise<number> {
    const [refund] = await this.manager.query<[Pick<Refund, 'amount'>]>(
      'SELECT amount FROM refunds WHERE id = $1',
      [id],
    );
    return refund.amount;
  }

  /** Whether the refund of the order's payment was made. */
  async isMade(id: number, orderId: number): Promise<boolean> {
    const refunds = await this.manager.query<unknown[]>(
      `SELECT FROM refunds JOIN payments ON payments.id = payment_id
       WHERE refunds.id = $1 AND refunds.status = 'succeeded' AND order_id = $2`,
      [id, orderId],
    );
    return refunds.length > 0;
  }

  /** Adds the refund to the payment's sum. @returns false if that was done before */
  async succeed(id: number): Promise<boolean> {
    const [, count] = await this.manager.query<[unknown[], number]>(
      `WITH succeeded AS (
         UPDATE refunds SET status = 'succeeded', failure = NULL, finished_at = clock_timestamp()
         WHERE id = $1 AND status = 'requested' RETURNING payment_id, amount
       )
       UPDATE payments SET refunded = refunded + succeeded.amount, updated_at = clock_timestamp()
       FROM succeeded WHERE payments.id = succeeded.payment_id`,
      [id],
    );
    return count > 0;
  }

  /** Records that the gateway will not give the money back. An operator has to. */
  async fail(id: number, failure: string) {
    await this.manager.query(
      `UPDATE refunds SET status = 'failed', failure = $2, finished_at = clock_timestamp()
       WHERE id = $1 AND status = 'requested'`,
      [id, failure.slice(0, 500)],
    );
  }

  /** Records why the outcome is not known. */
  async noteUnknown(id: number, detail: string) {
    await this.manager.query(`UPDATE refunds SET failure = $2 WHERE id = $1 AND status = 'requested'`, [
      id,
      detail.slice(0, 500),
    ]);
  }

  /** Failed refunds, counted up to `max`. */
  async countFailed(max: number): Promise<number> {
    const [row] = await this.manager.query<[{ count: number }]>(
      `SELECT count(*)::integer AS count FROM (SELECT 1 FROM refunds WHERE status = 'failed' LIMIT $1) AS failed`,
      [max],
    );
    return row.count;
  }
}

/** The refund that the gateway is asked for. */
export const refundOrderOf = ({ payment, ...refund }: DueRefund): RefundOrder => ({
  key: keyOf('refund', refund),
  charge: chargeOf(payment),
  amount: refund.amount,
});
