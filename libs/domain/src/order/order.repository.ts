import type { EntityManager } from 'typeorm';
import type { Actor } from '../audit-log/actor.js';
import type { EventName } from '../events/catalogue.js';
import {
  pendingConfirmation,
  pendingConfirmationsOf,
  type OrderEvent,
  type PendingConfirmation,
} from '../events/confirmations.js';
import type { TransactionCounters } from '../transaction-counters.js';
import { hasSameItems, lockOrders, type LockedOrder, type OrderMessage } from './locked-order.js';
import {
  EVENT_OF_STATUS,
  FIRST_ORDER_STATUS,
  isInProgress,
  SETTLED_ORDER_STATUSES,
  STATUSES_SINCE_SHIPMENT,
  TRANSITION_STATUSES,
  type OrderStatus,
  type OrderTransition,
} from './order-state-machine.js';
import type { Cancellation, LineRejection, Locale, Order } from './order.entity.js';
import { OrderMismatch, OrderNotFound } from './order.errors.js';

export interface NewOrder {
  customer_name: string;
  customer_email: string;
  locale: Locale;
  reference?: string;
  metadata?: Record<string, string>;
  currency: string;
  total: number;
  lines: { product_id: number; sku: string; name: string; quantity: number; unit_price: number }[];
  placedBy?: Actor;
  /** Token of the payment gateway, if the order is paid online. */
  payment_method?: string;
  /** Time of `performance.now()` at which this process received the request. */
  receivedAt?: number;
}

/** The columns of a new order that the database fills in. */
export type PlacedOrder = Pick<Order, 'id' | 'created_at'>;

/** Writes `orders`, `order_lines` and `order_timeline`, and locks orders for their next step. */
export class OrderRepository {
  /** When this process received the messages that this transaction handles, by order id. */
  private readonly receivedAt = new Map<number, number>();

  constructor(
    private readonly manager: EntityManager,
    private readonly counters: TransactionCounters,
  ) {}

  /** Stores pending orders with their lines. @returns id and creation time of each, in the sequence of the argument */
  async place(orders: NewOrder[]): Promise<PlacedOrder[]> {
    const lines = orders.flatMap(({ lines }, orderIndex) =>
      lines.map((line, lineIndex) => ({ ...line, orderIndex, position: lineIndex + 1 })),
    );
    this.counters.countOrders(FIRST_ORDER_STATUS, orders.length);
    return this.manager.query<PlacedOrder[]>(
      `WITH placed AS (
         INSERT INTO orders (customer_name, customer_email, locale, currency, total, reference, metadata, placed_by,
                             placed_from, payment_method, unconfirmed)
         SELECT customer_name, customer_email, locale, currency, total, reference, metadata, placed_by, placed_from,
                payment_method, $13::text[]
         FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $14::text[], $15::json[],
                     $16::text[], $17::text[], $18::text[]) WITH ORDINALITY
              AS placed (customer_name, customer_email, locale, currency, total, reference, metadata, placed_by, placed_from,
                         payment_method, position)
         ORDER BY position
         RETURNING id, created_at
       ), numbered AS (
         SELECT id, created_at, (row_number() OVER (ORDER BY id))::integer - 1 AS number FROM placed
       ), first_step AS (
         INSERT INTO order_timeline (order_id, step, at, handling_ms)
         SELECT id, '${FIRST_ORDER_STATUS}', created_at, ($19::integer[])[number + 1] FROM numbered
       ), line AS (
         INSERT INTO order_lines (order_id, product_id, position, sku, name, quantity, unit_price)
         SELECT numbered.id, line.product_id, line.position, line.sku, line.name, line.quantity, line.unit_price
         FROM unnest($6::integer[], $7::bigint[], $8::smallint[], $9::text[], $10::text[], $11::integer[], $12::bigint[])
              AS line (number, product_id, position, sku, name, quantity, unit_price)
              JOIN numbered USING (number)
       )
       SELECT id, created_at FROM placed ORDER BY id`,
      [
        orders.map(({ customer_name }) => customer_name),
        orders.map(({ customer_email }) => customer_email),
        orders.map(({ locale }) => locale),
        orders.map(({ currency }) => currency),
        orders.map(({ total }) => total),
        lines.map(({ orderIndex }) => orderIndex),
        lines.map(({ product_id }) => product_id),
        lines.map(({ position }) => position),
        lines.map(({ sku }) => sku),
        lines.map(({ name }) => name),
        lines.map(({ quantity }) => quantity),
        lines.map(({ unit_price }) => unit_price),
        confirmationsIn(FIRST_ORDER_STATUS),
        listUnlessEmpty(orders.map(({ reference }) => reference)),
        listUnlessEmpty(orders.map(({ metadata }) => metadata && JSON.stringify(metadata))),
        listUnlessEmpty(orders.map(({ placedBy }) => placedBy?.id)),
        listUnlessEmpty(orders.map(({ placedBy }) => placedBy?.address ?? undefined)),
        listUnlessEmpty(orders.map(({ payment_method }) => payment_method)),
        listUnlessEmpty(orders.map(({ receivedAt }) => millisecondsSince(receivedAt))),
      ],
    );
  }

  /** Locks one order for this transaction. @throws OrderNotFound */
  async lockForUpdate(id: number): Promise<LockedOrder> {
    const order = (await lockOrders(this.manager, [id])).get(id);
    if (!order) throw new OrderNotFound(id);
    return order;
  }

  /** Locks the orders, sorted by id. @returns those that exist, by id */
  lockAll(ids: number[]): Promise<Map<number, LockedOrder>> {
    return lockOrders(this.manager, ids);
  }

  /** Locks those of the orders that no other transaction has locked, sorted by id. */
  async lockUnlocked(ids: number[]): Promise<LockedOrder[]> {
    return [...(await lockOrders(this.manager, ids, 'SKIP LOCKED')).values()];
  }

  /**
   * Locks the orders of messages, sorted by id, so that the batches of two workers cannot deadlock.
   *
   * @returns one result for each message, in the same sequence: the locked order, OrderNotFound, or OrderMismatch if
   * the message has other items
   */
  async lockForMessages(messages: OrderMessage[]): Promise<(LockedOrder | OrderNotFound | OrderMismatch)[]> {
    this.noteReceipt(messages);
    const locked = await lockOrders(
      this.manager,
      messages.map(({ order_id }) => order_id),
    );
    return messages.map((message): LockedOrder | OrderNotFound | OrderMismatch => {
      const { order_id, items } = message;
      const order = locked.get(order_id);
      if (!order) return new OrderNotFound(order_id);
      return hasSameItems(order.items, items) ? { ...order, message } : new OrderMismatch(order_id);
    });
  }

  /** The steps that this transaction makes get the time since their message was received. */
  noteReceipt(messages: Pick<OrderMessage, 'order_id' | 'receivedAt'>[]) {
    for (const { order_id, receivedAt } of messages)
      if (receivedAt !== undefined) this.receivedAt.set(order_id, receivedAt);
  }

  async awaitPayment(ids: number[]) {
    await this.transition('awaitPayment', ids);
  }

  async reserve(ids: number[]) {
    await this.transition('reserve', ids);
  }

  /** @param rejections the lines that cannot be fulfilled, by order id */
  async reject(rejections: Map<number, LineRejection[]>) {
    await this.transition('reject', [...rejections.keys()], { rejections: [...rejections.values()] });
    this.counters.countRejections([...rejections.values()]);
  }

  async process(ids: number[]) {
    await this.transition('process', ids);
  }

  /** @param reason of the caller, if one was given */
  async cancel(id: number, cancellation: Cancellation, reason?: string) {
    await this.transition('cancel', [id], { cancellation, cancellationReason: reason });
  }

  async cancelAll(ids: number[], cancellation: Cancellation) {
    await this.transition('cancel', ids, { cancellation });
  }

  /** @param isLast whether nothing is left to ship */
  async ship(id: number, shipmentId: number, isLast: boolean) {
    await this.transition(isLast ? 'ship' : 'shipPart', [id], { subjectId: shipmentId });
  }

  /** @param isLast whether nothing is left that can be returned */
  async return(id: number, returnId: number, isLast: boolean) {
    await this.transition(isLast ? 'return' : 'returnPart', [id], { subjectId: returnId });
  }

  async complete(ids: number[]) {
    await this.transition('complete', ids);
  }

  /**
   * Records that the consumer of `queue` has handled an event of the orders. The last confirmation closes an order in
   * which no worker has to make a transition; the watchdog then stops republishing its events.
   *
   * @returns the ids of the orders for which this is the first confirmation; for all others it is a duplicate
   */
  async confirm(event: OrderEvent, queue: string, ids: number[]): Promise<Set<number>> {
    if (ids.length === 0) return new Set();
    const [confirmed] = await this.manager.query<[{ id: number }[], number]>(
      `UPDATE orders SET unconfirmed = array_remove(unconfirmed, $2),
              closed_at = CASE WHEN status = ANY($3) AND unconfirmed <@ ARRAY[$2] THEN clock_timestamp() END
       WHERE id = ANY($1) AND $2 = ANY(unconfirmed) RETURNING id`,
      [ids, pendingConfirmation(event, queue), SETTLED_ORDER_STATUSES],
    );
    return new Set(confirmed.map(({ id }) => id));
  }

  /** Adds the step `notified` to the timelines of the orders. */
  async recordNotified(ids: number[]) {
    await this.manager.query(
      `INSERT INTO order_timeline (order_id, step) SELECT id, 'notified' FROM unnest($1::bigint[]) AS id`,
      [ids],
    );
  }

  /**
   * Makes one transition of the state machine for orders that the caller has locked. It is conditional: an order in any
   * other status is not changed; an error is then thrown. An order that was closed is open again if its new event has to be
   * confirmed.
   */
  private async transition(
    transition: OrderTransition,
    ids: number[],
    {
      rejections,
      cancellation,
      cancellationReason,
      subjectId,
    }: {
      rejections?: LineRejection[][];
      cancellation?: Cancellation;
      cancellationReason?: string;
      /** Of the event of the new status. */
      subjectId?: number;
    } = {},
  ) {
    if (ids.length === 0) return;
    const { from, to } = TRANSITION_STATUSES[transition];
    const changed = await this.manager.query<unknown[]>(
      `WITH changed AS (
         UPDATE orders SET status = $3, version = version + 1, rejection = requested.rejection, cancellation = $5,
                cancellation_reason = $8, shipment_status = $9, unconfirmed = unconfirmed || ${CONFIRMATIONS},
                closed_at = CASE WHEN $7::boolean AND cardinality(unconfirmed || ${CONFIRMATIONS}) = 0 THEN clock_timestamp() END,
                updated_at = clock_timestamp(), republish_count = 0, republished_at = NULL
         FROM unnest($1::bigint[], $4::jsonb[], $11::integer[]) AS requested (id, rejection, handling_ms)
         WHERE orders.id = requested.id AND orders.id = ANY($1) AND status = ANY($2) RETURNING orders.id, handling_ms
       )
       INSERT INTO order_timeline (order_id, step, handling_ms) SELECT id, $3, handling_ms FROM changed RETURNING id`,
      [
        ids,
        from,
        to,
        ids.map((_, index) => (rejections ? JSON.stringify(rejections[index]) : null)),
        cancellation,
        confirmationsIn(to, subjectId),
        !isInProgress(to),
        cancellationReason,
        STATUSES_SINCE_SHIPMENT.includes(to) ? to : null,
        confirmationsIn(to, subjectId).filter((confirmation) => !isByPaymentWorker(confirmation)),
        listUnlessEmpty(ids.map((id) => millisecondsSince(this.receivedAt.get(id)))),
      ],
    );
    if (changed.length !== ids.length)
      throw new Error(
        `${ids.length - changed.length} of the orders ${ids.join(', ')} are not ${from.join(' or ')}`,
      );
    this.counters.countOrders(to, ids.length);
  }
}

/** For a list without values, null is cheaper to send, and unnest() fills the column with nulls as well. */
const listUnlessEmpty = (values: (string | number | undefined)[]) =>
  values.some((value) => value !== undefined) ? values : null;

/** @param time of `performance.now()` */
const millisecondsSince = (time: number | undefined) =>
  time === undefined ? undefined : Math.round(performance.now() - time);

/** Confirmations of an order with a payment, and of one without. payment-worker has nothing to do for the latter. */
const CONFIRMATIONS = 'CASE WHEN payment_method IS NULL THEN $10::text[] ELSE $6::text[] END';
const isByPaymentWorker = (confirmation: PendingConfirmation) => confirmation.endsWith(':payment_queue');

/** Events that are published in addition to the event of a new status. */
const FURTHER_EVENTS: Partial<Record<OrderStatus, EventName[]>> = { processed: ['stock.updated'] };

/** The confirmations that become pending when an order enters a status. @param subject_id of the event of the status */
function confirmationsIn(status: OrderStatus, subject_id?: number): PendingConfirmation[] {
  const event = EVENT_OF_STATUS[status];
  const furtherEvents = (FURTHER_EVENTS[status] ?? []).map((event) => ({ event }));
  return pendingConfirmationsOf([...(event ? [{ event, subject_id }] : []), ...furtherEvents]);
}
