import type { EntityManager } from 'typeorm';
import type { Payment, PaymentAttempt, Refund } from './payment.entity.js';
import { PaymentNotFound } from './payment.errors.js';

/** A payment, as the API shows it. */
export type PaymentSummary = Omit<Payment, 'nonce' | 'checks' | 'next_check_at'>;

export type PaymentDetails = PaymentSummary & {
  /** Oldest first. */
  attempts: Pick<PaymentAttempt, 'started_at' | 'finished_at' | 'outcome' | 'detail'>[];
  /** Oldest first. */
  refunds: ListedRefund[];
};

/** A refund, as the API shows it. */
export type ListedRefund = Omit<Refund, 'payment_id' | 'nonce' | 'attempts' | 'next_attempt_at'>;

export const REFUND_COLUMNS = 'id, amount, cause, reason, status, failure, created_at, finished_at';

export interface PaymentFilter {
  orderId?: number;
  /** Only payments with a lower id. */
  before?: number;
  limit: number;
}

const COLUMNS =
  'id, order_id, method, currency, amount, captured, refunded, status, failure, gateway_reference, created_at, updated_at';
/** Attempts that are shown; a payment has more only during a long outage of the gateway. */
const MAX_ATTEMPTS_SHOWN = 100;

/** Reads payments. */
export class PaymentDetailsRepository {
  constructor(private readonly manager: EntityManager) {}

  /** @throws PaymentNotFound */
  async get(id: number): Promise<PaymentDetails> {
    const [payment] = await this.manager.query<PaymentSummary[]>(
      `SELECT ${COLUMNS} FROM payments WHERE id = $1`,
      [id],
    );
    if (!payment) throw new PaymentNotFound(id);
    return (await this.withParts([payment]))[0]!;
  }

  /** @returns the payments of these orders */
  async ofOrders(orderIds: number[]): Promise<PaymentDetails[]> {
    const payments = await this.manager.query<PaymentSummary[]>(
      `SELECT ${COLUMNS} FROM payments WHERE order_id = ANY($1) ORDER BY id`,
      [orderIds],
    );
    return payments.length > 0 ? this.withParts(payments) : [];
  }

  private async withParts(payments: PaymentSummary[]): Promise<PaymentDetails[]> {
    const ids = payments.map(({ id }) => id);
    const [attempts, refunds] = await Promise.all([
      this.manager.query<(PaymentDetails['attempts'][number] & { payment_id: number })[]>(
        `SELECT payment.id AS payment_id, attempt.* FROM unnest($1::bigint[]) AS payment (id), LATERAL (
           SELECT started_at, finished_at, outcome, detail FROM payment_attempts
           WHERE payment_id = payment.id ORDER BY payment_attempts.id DESC LIMIT $2
         ) AS attempt`,
        [ids, MAX_ATTEMPTS_SHOWN],
      ),
      this.manager.query<(ListedRefund & { payment_id: number })[]>(
        `SELECT payment_id, ${REFUND_COLUMNS} FROM refunds WHERE payment_id = ANY($1) ORDER BY id`,
        [ids],
      ),
    ]);
    return payments.map((payment) => ({
      ...payment,
      attempts: attempts.filter(({ payment_id }) => payment_id === payment.id).reverse(),
      refunds: refunds.filter(({ payment_id }) => payment_id === payment.id),
    }));
  }

  /** @returns payments that match the filter, newest first */
  list({ orderId, before, limit }: PaymentFilter): Promise<PaymentSummary[]> {
    const position = [limit, before ?? Number.MAX_SAFE_INTEGER];
    return orderId === undefined
      ? this.manager.query(
          `SELECT ${COLUMNS} FROM payments WHERE id < $2 ORDER BY id DESC LIMIT $1`,
          position,
        )
      : this.manager.query(`SELECT ${COLUMNS} FROM payments WHERE order_id = $3 AND id < $2 LIMIT $1`, [
          ...position,
          orderId,
        ]);
  }
}
