import { canFollow, type OrderStatus, type Transaction } from '@estoque/domain';
import { TestShop } from '../../../test/support/test-shop.js';
import type { MailSenderService } from './mail-sender.service.js';
import type { OrderMailKind } from './mails.js';
import { NotificationService } from './notification.service.js';

const STATUS_OF: Record<OrderMailKind, OrderStatus> = {
  order_processed: 'processed',
  order_rejected: 'rejected',
  order_cancelled: 'cancelled',
};
const KINDS = Object.keys(STATUS_OF) as OrderMailKind[];

/** The transitions that lead to each status. */
const PATHS: Partial<Record<OrderStatus, ((orders: Transaction['orders'], id: number) => Promise<void>)[]>> =
  {
    pending: [],
    reserved: [(orders, id) => orders.reserve([id])],
    processed: [(orders, id) => orders.reserve([id]), (orders, id) => orders.process([id])],
    rejected: [(orders, id) => orders.reject(new Map([[id, []]]))],
    cancelled: [(orders, id) => orders.cancel(id, 'requested')],
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
    service = new NotificationService(shop.unitOfWork, { sendSoon } as unknown as MailSenderService);
  });
  beforeEach(() => sendSoon.mockReset());
  afterAll(() => shop.close());

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
    await expect(service.notify(kind, id)).rejects.toMatchObject({
      code: 'order_not_ready',
      message: `The event does not match the status of order ${id}, which is ${status}.`,
    });
    expect(await kindsOf(id)).toEqual([]);
    expect(await confirmationsOf(id)).toEqual(before);
    expect(sendSoon).not.toHaveBeenCalled();
  });

  it.each(combinations.filter(([kind, status]) => STATUS_OF[kind] === status))(
    'records one %s mail for an order that is %s, however often the event arrives',
    async (kind, status) => {
      const id = await createOrder(status);
      const first = await Promise.all([service.notify(kind, id), service.notify(kind, id)]);
      expect(first.toSorted()).toEqual(['duplicate', 'recorded']);
      expect(await service.notify(kind, id)).toBe('duplicate');
      expect(await kindsOf(id)).toEqual([kind]);
      expect(sendSoon).toHaveBeenCalledTimes(1);
    },
  );

  it('records the mails of true events although forged ones for the same orders are in the batch', async () => {
    const orders = await Promise.all(
      Object.values(STATUS_OF).map(async (status) => [status, await createOrder(status)] as const),
    );
    const requests = orders.flatMap(([, id]) => KINDS.map((kind) => [kind, id] as const));
    const results = await Promise.allSettled(requests.map(([kind, id]) => service.notify(kind, id)));
    // The event of a processed order is no contradiction for one that is cancelled: it can have been processed before.
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
    for (const [status, id] of orders) expect(await kindsOf(id)).toEqual([`order_${status}`]);
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
