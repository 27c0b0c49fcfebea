import type { EntityManager } from 'typeorm';
import type { TransactionCounters } from '../transaction-counters.js';
import { ORDER_TRANSITIONS, type OrderStatus } from './order-state-machine.js';
import type { Cancellation, LineRejection, Locale, Order } from './order.entity.js';
import { OrderMismatch, OrderNotFound } from './order.errors.js';

export interface NewOrder {
  customer_name: string;
  customer_email: string;
  locale: Locale;
  currency: string;
  total: number;
  lines: { product_id: number; sku: string; name: string; quantity: number; unit_price: number }[];
}

/** What the database gave a new order. */
export type PlacedOrder = Pick<Order, 'id' | 'created_at'>;

export type OrderRecipient = Pick<Order, 'id' | 'status' | 'customer_email' | 'locale' | 'closed_at'>;

export interface OrderItem {
  product_id: number;
  quantity: number;
}

/** An order that this transaction holds: nobody else changes it until the commit. Items are in product order. */
export interface LockedOrder {
  id: number;
  status: OrderStatus;
  items: OrderItem[];
  /** Where a message asked for it: that one. */
  request?: object;
}

/** Writes `orders`, `order_lines` and `order_timeline`, and reads of them what the next step needs. */
export class OrderRepository {
  constructor(
    private readonly manager: EntityManager,
    private readonly counters: TransactionCounters,
  ) {}

  /** Stores pending orders with their lines. @returns what the database gave each of them */
  async place(orders: NewOrder[]): Promise<PlacedOrder[]> {
    const lines = orders.flatMap((order, of) => order.lines.map((line, at) => ({ ...line, of, at })));
    this.counters.countOrders('pending', orders.length);
    return this.manager.query<PlacedOrder[]>(
      `WITH placed AS (
         INSERT INTO orders (customer_name, customer_email, locale, currency, total)
         SELECT customer_name, customer_email, locale, currency, total
         FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[]) WITH ORDINALITY
              AS placed (customer_name, customer_email, locale, currency, total, position)
         ORDER BY position
         RETURNING id, created_at
       ), numbered AS (
         SELECT id, row_number() OVER (ORDER BY id) - 1 AS number FROM placed
       ), first_step AS (
         INSERT INTO order_timeline (order_id, step, at) SELECT id, 'pending', created_at FROM placed
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
        lines.map(({ of }) => of),
        lines.map(({ product_id }) => product_id),
        lines.map(({ at }) => at + 1),
        lines.map(({ sku }) => sku),
        lines.map(({ name }) => name),
        lines.map(({ quantity }) => quantity),
        lines.map(({ unit_price }) => unit_price),
      ],
    );
  }

  /** Takes the order for this transaction. @throws OrderNotFound */
  async lockForUpdate(id: number): Promise<LockedOrder> {
    const order = (await this.lockAll([id])).get(id);
    if (!order) throw new OrderNotFound(id);
    return order;
  }

  /**
   * Takes the orders that messages ask for. They are locked in the order of their ids, so that batches of two workers
   * never wait for each other in a ring.
   *
   * @returns in the order of `asked`; an OrderNotFound, or an OrderMismatch where the message says other items
   */
  async lockRequested(
    asked: { order_id: number; items: OrderItem[] }[],
  ): Promise<(LockedOrder | OrderNotFound | OrderMismatch)[]> {
    const held = await this.lockAll(asked.map(({ order_id }) => order_id));
    return asked.map((each) => {
      const { order_id, items } = each;
      const order = held.get(order_id);
      if (!order) return new OrderNotFound(order_id);
      return sameItems(order.items, items) ? { ...order, request: each } : new OrderMismatch(order_id);
    });
  }

  /** In product order. */
  items(id: number): Promise<OrderItem[]> {
    return this.manager.query<OrderItem[]>(
      'SELECT product_id, quantity FROM order_lines WHERE order_id = $1 ORDER BY product_id',
      [id],
    );
  }

  async reserve(ids: number[]) {
    await this.move('reserve', ids);
  }

  /** @param rejected by order id why */
  async reject(rejected: Map<number, LineRejection[]>) {
    await this.move('reject', [...rejected.keys()], { reasons: [...rejected.values()] });
    this.counters.countRejections([...rejected.values()]);
  }

  async process(ids: number[]) {
    await this.move('process', ids);
  }

  async cancel(id: number, cancellation: Cancellation) {
    await this.move('cancel', [id], { cancellation });
  }

  /** Nothing more is to come: they are final, and their mails are recorded. */
  async close(ids: number[]) {
    await this.manager.query(
      'UPDATE orders SET closed_at = clock_timestamp() WHERE id = ANY($1) AND closed_at IS NULL',
      [ids],
    );
  }

  /** Notes that the customers were told. */
  async recordNotified(ids: number[]) {
    await this.manager.query(
      `INSERT INTO order_timeline (order_id, step) SELECT id, 'notified' FROM unnest($1::bigint[]) AS id`,
      [ids],
    );
  }

  /** Who is to be told about them, and how they stand; those of the ids that exist. */
  async recipients(ids: number[]): Promise<Map<number, OrderRecipient>> {
    const orders = await this.manager.query<OrderRecipient[]>(
      'SELECT id, status, customer_email, locale, closed_at FROM orders WHERE id = ANY($1)',
      [ids],
    );
    return new Map(orders.map((order) => [order.id, order]));
  }

  private async lockAll(ids: number[]): Promise<Map<number, LockedOrder>> {
    const orders = await this.manager.query<
      { id: number; status: OrderStatus; products: number[]; quantities: number[] }[]
    >(
      `SELECT id, status, products, quantities
       FROM orders, LATERAL (
         SELECT coalesce(array_agg(product_id ORDER BY product_id), '{}') AS products,
                coalesce(array_agg(quantity ORDER BY product_id), '{}') AS quantities
         FROM order_lines WHERE order_id = orders.id
       ) AS line
       WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE OF orders`,
      [ids],
    );
    return new Map(
      orders.map(({ id, status, products, quantities }) => {
        const items = products.map((product_id, index) => ({ product_id, quantity: quantities[index]! }));
        return [id, { id, status, items }];
      }),
    );
  }

  /** The state decides: an order that isn't where the transition starts is not moved, and that is a bug of the caller, who holds it. */
  private async move(
    transition: keyof typeof ORDER_TRANSITIONS,
    ids: number[],
    { reasons, cancellation }: { reasons?: LineRejection[][]; cancellation?: Cancellation } = {},
  ) {
    if (ids.length === 0) return;
    const { from, to } = ORDER_TRANSITIONS[transition];
    const moved = await this.manager.query<unknown[]>(
      `WITH moved AS (
         UPDATE orders SET status = $3, rejection = wanted.rejection, cancellation = $5,
                updated_at = clock_timestamp(), republish_count = 0, republished_at = NULL
         FROM unnest($1::bigint[], $4::jsonb[]) AS wanted (id, rejection)
         WHERE orders.id = wanted.id AND orders.id = ANY($1) AND status = ANY($2) RETURNING orders.id
       )
       INSERT INTO order_timeline (order_id, step) SELECT id, $3 FROM moved RETURNING id`,
      [ids, from, to, ids.map((_, index) => (reasons ? JSON.stringify(reasons[index]) : null)), cancellation],
    );
    if (moved.length !== ids.length)
      throw new Error(
        `${ids.length - moved.length} of the orders ${ids.join(', ')} are not ${from.join(' or ')}`,
      );
    this.counters.countOrders(to, ids.length);
  }
}

/** For what `holdAsked` answers. */
export const isLockedIn =
  (status: OrderStatus) =>
  (order: LockedOrder | Error): order is LockedOrder =>
    !(order instanceof Error) && order.status === status;

/** `lines` in product order, `items` in any. */
function sameItems(lines: OrderItem[], items: OrderItem[]): boolean {
  const said = items.toSorted((a, b) => a.product_id - b.product_id);
  const same = (a: OrderItem, b?: OrderItem) => a.product_id === b?.product_id && a.quantity === b.quantity;
  return said.length === lines.length && lines.every((line, i) => same(line, said[i]));
}
