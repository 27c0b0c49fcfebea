import { createLogger, Metrics, type Environment } from '@estoque/platform';
import { TestShop } from '../../../test/support/test-shop.js';
import { OrderReservationService } from './order-reservation.service.js';
import { ReservationExpiryService } from './reservation-expiry.service.js';

describe('ReservationExpiryService', () => {
  let shop: TestShop;
  let expiry: ReservationExpiryService;
  const environment = { RESERVATION_TTL_SECONDS: 3_600, POLL_INTERVAL_MS: 3_600_000 } as Environment;
  beforeAll(async () => {
    shop = await TestShop.open({ workers: 2 });
    const logger = createLogger('test', { LOG_LEVEL: 'silent' });
    expiry = new ReservationExpiryService(
      shop.unitOfWorkOf('order-worker'),
      environment,
      logger,
      new Metrics(),
    );
  });
  afterAll(() => shop.close());

  async function reservedOrder() {
    const product_id = await shop.createProduct(5);
    const items = [{ product_id, quantity: 2 }];
    const order_id = await shop.createOrder(items);
    await new OrderReservationService(shop.unitOfWorkOf('order-worker'), environment).reserve({
      order_id,
      items,
    });
    return { order_id, product_id };
  }
  const stateOf = async ({ order_id, product_id }: { order_id: number; product_id: number }) => {
    const { status, cancellation } = await shop.unitOfWork.read.orderDetails.get(order_id);
    const { reserved } = await shop.unitOfWork.read.stock.get(product_id);
    const reservations = await shop.dataSource.query<{ status: string }[]>(
      'SELECT status FROM reservations WHERE order_id = $1',
      [order_id],
    );
    return { status, cancellation, reserved, reservations: reservations.map((row) => row.status) };
  };

  it('cancels orders with expired reservations, and no others', async () => {
    const [overdue, current] = [await reservedOrder(), await reservedOrder()];
    await shop.dataSource.query('UPDATE reservations SET expires_at = now() WHERE order_id = $1', [
      overdue.order_id,
    ]);
    await expiry.expireReservations();
    expect(await stateOf(overdue)).toEqual({
      status: 'cancelled',
      cancellation: 'expired',
      reserved: 0,
      reservations: ['expired'],
    });
    expect(await stateOf(current)).toEqual({
      status: 'reserved',
      cancellation: null,
      reserved: 2,
      reservations: ['active'],
    });
  });
});
