import type { EntityManager } from 'typeorm';
import { toStored } from '../idempotency/answer.js';
import { CREATION, type OrderPart } from '../order/order-parts.js';
import { ERASED } from './erased.js';
import type { ClaimedErasure } from './erasure.repository.js';
import { AnswerErased } from './erasure.errors.js';

/** An order of a customer, and its position in the search. */
export interface FoundOrder {
  id: number;
  customer_name: string;
  /** A timestamp as PostgreSQL prints it. */
  created: string;
}

export type OrderPosition = Pick<FoundOrder, 'id' | 'created'>;

export const FIRST_ORDER: OrderPosition = { id: 0, created: '-infinity' };

/** Replaces the personal data of a customer. What the shop and its ledger need stays. */
export class PersonalDataRepository {
  constructor(private readonly manager: EntityManager) {}

  /** @returns orders that the customer has placed before the erasure was requested, in the sequence of their creation */
  findOrders(
    { condition }: OrderPart,
    { email, requested_at }: ClaimedErasure,
    { from, limit }: { from: OrderPosition; limit: number },
  ): Promise<FoundOrder[]> {
    // From position to position of the index of the part, as in OrderDetailsRepository.
    const columns = `lower(customer_email) COLLATE "C", ${CREATION}, id`;
    return this.manager.query<FoundOrder[]>(
      `SELECT id, customer_name, (${CREATION})::text AS created FROM orders
       WHERE ${condition} AND (${columns}) > ($1, $2::timestamp, $3::bigint)
         AND (${columns}) < ($1, $4::timestamptz AT TIME ZONE 'UTC', ${Number.MAX_SAFE_INTEGER})
       ORDER BY ${columns} LIMIT $5`,
      [email, from.created, from.id, requested_at, limit],
    );
  }

  /**
   * Locks the position of the retention until the end of the transaction.
   *
   * @returns the highest id up to which the customers of all orders are erased; undefined if another process has locked it
   */
  async lockRetentionPosition(): Promise<number | undefined> {
    const [row] = await this.manager.query<{ order_id: number }[]>(
      'SELECT order_id FROM customer_retention FOR UPDATE SKIP LOCKED',
    );
    return row?.order_id;
  }

  async moveRetentionPosition(orderId: number) {
    await this.manager.query('UPDATE customer_retention SET order_id = $1', [orderId]);
  }

  /** @returns orders with ids above `after` and up to `to`, in the sequence of their ids */
  findOrdersById({
    after,
    to,
    limit,
  }: {
    after: number;
    to: number;
    limit: number;
  }): Promise<{ id: number; customer_name: string; customer_email: string }[]> {
    return this.manager.query(
      `SELECT id, customer_name, customer_email FROM orders WHERE id > $1 AND id <= $2 ORDER BY id LIMIT $3`,
      [after, to, limit],
    );
  }

  /**
   * Erases the customer from the orders, their mails and the audit log. Orders are skipped if they are not closed yet, if
   * one of their mails is being sent, or if another session has locked one of these rows.
   *
   * @returns the ids of the erased orders, and the number of erased mails
   */
  async eraseOrders(ids: number[]): Promise<{ orderIds: number[]; mails: number }> {
    const orderIds = await this.lockErasable(ids);
    if (orderIds.length === 0) return { orderIds, mails: 0 };
    const [, mails] = await this.manager.query<[unknown[], number]>(
      `UPDATE notifications SET recipient = $2, leased_until = NULL,
              last_error = CASE WHEN state = 'pending' THEN $3 END,
              state = CASE WHEN state = 'pending' THEN 'failed' ELSE state END
       WHERE order_id = ANY($1) RETURNING id`,
      [orderIds, ERASED.email, ERASED.mailError],
    );
    await this.manager.query(
      `UPDATE orders SET customer_name = $2, customer_email = $3, reference = NULL, metadata = NULL,
              cancellation_reason = NULL,
              placed_by = CASE WHEN placed_by LIKE 'customer:%' THEN $4 ELSE placed_by END,
              placed_from = CASE WHEN placed_by LIKE 'customer:%' THEN NULL ELSE placed_from END,
              -- Not NULL: the order stays one with a payment.
              payment_method = CASE WHEN payment_method IS NOT NULL THEN $5 END
       WHERE id = ANY($1)`,
      [orderIds, ERASED.name, ERASED.email, ERASED.actor, ERASED.name],
    );
    // The token of a means of payment: a refund needs only the id of the charge. And the reasons of refunds, as free text.
    await this.manager.query('UPDATE payments SET method = $2 WHERE order_id = ANY($1)', [
      orderIds,
      ERASED.name,
    ]);
    await this.manager.query(
      `UPDATE refunds SET reason = $2 FROM payments
       WHERE payments.id = payment_id AND order_id = ANY($1) AND reason IS NOT NULL`,
      [orderIds, ERASED.name],
    );
    await this.manager.query('UPDATE shipments SET tracking_number = NULL WHERE order_id = ANY($1)', [
      orderIds,
    ]);
    await this.manager.query('UPDATE returns SET reason = NULL WHERE order_id = ANY($1)', [orderIds]);
    await this.manager.query('SELECT erase_customer_from_audit_log($1)', [orderIds]);
    return { orderIds, mails };
  }

  /**
   * Locks the orders and their mails.
   *
   * @returns those that can be erased now
   */
  private async lockErasable(ids: number[]): Promise<number[]> {
    const orders = await this.manager.query<{ id: number }[]>(
      `SELECT id FROM orders WHERE id = ANY($1) AND closed_at IS NOT NULL ORDER BY id FOR NO KEY UPDATE SKIP LOCKED`,
      [ids],
    );
    const orderIds = orders.map(({ id }) => id);
    const free = await this.manager.query<{ id: number }[]>(
      `SELECT id FROM notifications
       WHERE order_id = ANY($1) AND (leased_until IS NULL OR leased_until < clock_timestamp())
       ORDER BY id FOR NO KEY UPDATE SKIP LOCKED`,
      [orderIds],
    );
    const busy = await this.manager.query<{ order_id: number }[]>(
      'SELECT order_id FROM notifications WHERE order_id = ANY($1) AND id <> ALL($2)',
      [orderIds, free.map(({ id }) => id)],
    );
    const busyOrders = new Set(busy.map(({ order_id }) => order_id));
    return orderIds.filter((id) => !busyOrders.has(id));
  }

  /**
   * Searches a batch of the stored answers for the address. A found answer is replaced by the refusal AnswerErased, so that
   * a repetition of the request is still not carried out. A row whose key or caller contains the address is deleted.
   *
   * @param from creation time of the first row, as PostgreSQL prints it
   * @returns the number of rows that were searched and erased, and the creation time of the last one
   */
  async eraseAnswers(
    email: string,
    { from, limit }: { from: string; limit: number },
  ): Promise<{ searched: number; erased: number; last: string }> {
    const contains = (text: string) => `position($1 IN lower(${text})) > 0`;
    const [result] = await this.manager.query<[{ searched: number; erased: number; last: string }]>(
      `WITH page AS MATERIALIZED (
         SELECT caller, key, created_at, ${contains('answer::text')} AS is_in_answer,
                ${contains('caller')} OR ${contains('key')} AS is_in_key
         FROM idempotency_keys WHERE created_at >= $2::timestamptz ORDER BY created_at LIMIT $3
       ), erased AS (
         UPDATE idempotency_keys SET answer = $4 FROM page
         WHERE idempotency_keys.caller = page.caller AND idempotency_keys.key = page.key AND is_in_answer AND NOT is_in_key
         RETURNING 1
       ), deleted AS (
         DELETE FROM idempotency_keys USING page
         WHERE idempotency_keys.caller = page.caller AND idempotency_keys.key = page.key AND is_in_key
         RETURNING 1
       )
       SELECT (SELECT count(*) FROM page)::integer AS searched, (SELECT max(created_at) FROM page)::text AS last,
              ((SELECT count(*) FROM erased) + (SELECT count(*) FROM deleted))::integer AS erased`,
      [email, from, limit, JSON.stringify(toStored(new AnswerErased()))],
    );
    return result;
  }
}
