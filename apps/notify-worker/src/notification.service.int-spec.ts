import { canFollow, ERASED, type OrderStatus, type Transaction } from '@estoque/domain';
import { TestShop } from '../../../test/support/test-shop.js';
import { NotificationService, type StatusMailKind } from './notification.service.js';

const STATUS_OF: Record<StatusMailKind, OrderStatus> = {
  order_processed: 'processed',
  order_rejected: 'rejected',
  order_cancelled: 'cancelled',
  order_shipped: 'shipped',
  order_returned: 'returned',
};
/** Kinds of mails about a shipment or return, with its id. */
const SUBJECTS: Partial<Record<StatusMailKind, number>> = { order_shipped: 17, order_returned: 9 };
const KINDS = Object.keys(STATUS_OF) as StatusMailKind[];

/** The transitions that lead to each status. */
const PATHS: Partial<Record<OrderStatus, ((orders: Transaction['orders'], id: number) => Promise<void>)[]>> =
  {
    pending: [],
    awaiting_payment: [(orders, id) => orders.awaitPayment([id])],
    reserved: [(orders, id) => orders.reserve([id])],
    processed: [(orders, id) => orders.reserve([id]), (orders, id) => orders.process([id])],
    rejected: [(orders, id) => orders.reject(new Map([[id, []]]))],
    cancelled: [(orders, id) => orders.cancel(id, 'requested')],
    shipped: [
      (orders, id) => orders.reserve([id]),
      (orders, id) => orders.process([id]),
      (orders, id) => orders.ship(id, SUBJECTS.order_shipped!, true),
    ],
    returned: [
      (orders, id) => orders.reserve([id]),
      (orders, id) => orders.process([id]),
      (orders, id) => orders.ship(id, SUBJECTS.order_shipped!, true),
      (orders, id) => orders.return(id, SUBJECTS.order_returned!, true),
    ],
  };

const STATUSES = Object.keys(PATHS) as OrderStatus[];
const combinations = KINDS.flatMap((kind) => STATUSES.map((status) => [kind, status] as const));

describe('NotificationService', () => {
  const sendSoon = jest.fn();
  let shop: TestShop;
  let product_id: number;
  let service: NotificationService;
  beforeAll(async () => {
    shop = await TestShop.open({ workers: 4 });
    product_id = await shop.createProduct(1_000);
    service = new NotificationService(shop.unitOfWork, { sendSoon });
  });
  beforeEach(() => sendSoon.mockReset());
  afterAll(() => shop.close());

  const notify = (kind: StatusMailKind, id: number) => service.notify(kind, id, SUBJECTS[kind]);
  async function createOrder(status: OrderStatus) {
    const id = await shop.createOrder([{ product_id, quantity: 1 }]);
    for (const transition of PATHS[status]!)
      await shop.unitOfWork.inTransaction(({ orders }) => transition(orders, id));
    return id;
  }
  const kindsOf = async (orderId: number) =>
    (await shop.unitOfWork.read.notifications.list({ orderId, limit: 10 })).map(({ kind }) => kind);
  const confirmationsOf = async (id: number) =>
    (
      await shop.dataSource.query<{ unconfirmed: string[] }[]>(
        'SELECT unconfirmed FROM orders WHERE id = $1',
        [id],
      )
    )[0]!.unconfirmed;

  it.each(
    combinations.filter(
      ([kind, status]) => STATUS_OF[kind] !== status && !canFollow(status, STATUS_OF[kind]),
    ),
  )('records no %s mail for an order that is %s, and confirms nothing', async (kind, status) => {
    const id = await createOrder(status);
    const before = await confirmationsOf(id);
    await expect(notify(kind, id)).rejects.toMatchObject({
      code: 'order_not_ready',
      message: `The event does not match the status of order ${id}, which is ${status}.`,
    });
    expect(await kindsOf(id)).toEqual([]);
    expect(await confirmationsOf(id)).toEqual(before);
    expect(sendSoon).not.toHaveBeenCalled();
  });

  it('records payment_failed for an order that is rejected because its payment was declined', async () => {
    const id = await createOrder('awaiting_payment');
    const rejection = { product_id, reason: 'payment_declined' as const, requested: 1, available: 1 };
    await shop.unitOfWork.inTransaction(({ orders }) => orders.reject(new Map([[id, [rejection]]])));
    expect(await service.notify('order_rejected', id)).toBe('recorded');
    expect(await service.notify('order_rejected', id)).toBe('duplicate');
    expect(await kindsOf(id)).toEqual(['payment_failed']);
  });

  it.each(combinations.filter(([kind, status]) => STATUS_OF[kind] === status))(
    'records one %s mail for an order that is %s, however often the event arrives',
    async (kind, status) => {
      const id = await createOrder(status);
      const first = await Promise.all([notify(kind, id), notify(kind, id)]);
      expect(first.toSorted()).toEqual(['duplicate', 'recorded']);
      expect(await notify(kind, id)).toBe('duplicate');
      expect(await kindsOf(id)).toEqual([kind]);
      expect(sendSoon).toHaveBeenCalledTimes(1);
    },
  );

  it('records the mails of true events although forged ones for the same orders are in the batch', async () => {
    const orders = await Promise.all(
      Object.values(STATUS_OF).map(async (status) => [status, await createOrder(status)] as const),
    );
    const requests = orders.flatMap(([, id]) => KINDS.map((kind) => [kind, id] as const));
    const results = await Promise.allSettled(requests.map(([kind, id]) => notify(kind, id)));
    // The event of a processed order is no contradiction for one that is cancelled: it can have been processed before. One
    // that is shipped or returned was.
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(9);
    for (const [status, id] of orders)
      expect((await kindsOf(id)).toSorted()).toEqual(
        {
          shipped: ['order_processed', 'order_shipped'],
          returned: ['order_processed', 'order_returned', 'order_shipped'],
        }[status as string] ?? [`order_${status}`],
      );
  });

  it('records a mail for each shipment of an order', async () => {
    const id = await createOrder('processed');
    for (const [shipment, isLast] of [
      [18, false],
      [19, false],
      [20, true],
    ] as const)
      await shop.unitOfWork.inTransaction(({ orders }) => orders.ship(id, shipment, isLast));
    const outcomes = await Promise.all(
      [20, 18, 19, 18, 21].map((shipment) => service.notify('order_shipped', id, shipment)),
    );
    // The order has no shipment 21.
    expect(outcomes).toEqual(['recorded', 'recorded', 'recorded', 'duplicate', 'duplicate']);
    expect(await kindsOf(id)).toEqual(['order_shipped', 'order_shipped', 'order_shipped']);
    expect(await confirmationsOf(id)).toEqual(['order.processed:notify_queue']);
  });

  it('records no mail for a customer who was erased', async () => {
    const id = await createOrder('processed');
    await shop.dataSource.query('UPDATE orders SET customer_email = $2 WHERE id = $1', [id, ERASED.email]);
    expect(await service.notify('order_processed', id)).toBe('erased');
    expect(await kindsOf(id)).toEqual([]);
    expect(await confirmationsOf(id)).toEqual([]);
  });

  /** A refund of the order's payment. @returns its id */
  async function createRefund(orderId: number, status: 'requested' | 'succeeded'): Promise<number> {
    const [refund] = await shop.dataSource.query<{ id: number }[]>(
      `WITH payment AS (
         INSERT INTO payments (order_id, method, currency, amount, captured, status, next_check_at)
         VALUES ($1, 'tok_ok', 'BRL', 100, 100, 'captured', now())
         ON CONFLICT (order_id) DO UPDATE SET method = 'tok_ok' RETURNING id
       )
       INSERT INTO refunds (payment_id, cause, reason, amount, status, finished_at)
       SELECT id, 'request', 'goodwill', 10, $2, CASE WHEN $2 = 'succeeded' THEN now() END FROM payment RETURNING id`,
      [orderId, status],
    );
    return Number(refund!.id);
  }

  it('records one mail for each refund that was made, and none for a customer who was erased', async () => {
    const id = await createOrder('processed');
    const refunded = async (refund_id: number) =>
      service.notifyRefunded({ order_id: id, refund_id, payment_id: 1, amount: 10, currency: 'BRL' });
    await expect(refunded(await createRefund(id, 'requested'))).rejects.toMatchObject({
      code: 'refund_not_made',
    });
    const [first, second] = [await createRefund(id, 'succeeded'), await createRefund(id, 'succeeded')];
    expect([await refunded(first), await refunded(first), await refunded(second)]).toEqual([
      'recorded',
      'duplicate',
      'recorded',
    ]);
    expect(await kindsOf(id)).toEqual(['order_refunded', 'order_refunded']);
    await shop.dataSource.query('UPDATE orders SET customer_email = $2 WHERE id = $1', [id, ERASED.email]);
    expect(await refunded(await createRefund(id, 'succeeded'))).toBe('erased');
    expect(await kindsOf(id)).toHaveLength(2);
  });

  it('records no mail about the processing of an order that was cancelled meanwhile', async () => {
    const id = await createOrder('processed');
    await shop.unitOfWork.inTransaction(({ orders }) => orders.cancel(id, 'requested'));
    expect(await service.notify('order_processed', id)).toBe('superseded');
    expect(await service.notify('order_processed', id)).toBe('duplicate');
    expect(await service.notify('order_cancelled', id)).toBe('recorded');
    expect(await kindsOf(id)).toEqual(['order_cancelled']);
    expect(await confirmationsOf(id)).toEqual([]);
  });

  it('records no mail for an order that does not exist', async () => {
    await expect(service.notify('order_processed', 999_999)).rejects.toMatchObject({
      code: 'order_not_found',
    });
  });
});
