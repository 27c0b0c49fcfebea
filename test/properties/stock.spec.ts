import { StockAudit, type Discrepancy } from '@estoque/domain';
import { createLogger, AppError, Metrics, type Environment } from '@estoque/platform';
import fc from 'fast-check';
import { OrdersService } from '../../apps/api/src/orders/orders.service.js';
import { StockService } from '../../apps/api/src/stock/stock.service.js';
import { OrderReservationService } from '../../apps/order-worker/src/order-reservation.service.js';
import { ReservationExpiryService } from '../../apps/order-worker/src/reservation-expiry.service.js';
import { StockDeductionService } from '../../apps/stock-worker/src/stock-deduction.service.js';
import { Shop } from '../support/shop.js';

/** Real: the services, their SQL and PostgreSQL. Left out: the broker; its duplicates and reorderings are the steps' own. */
const PRODUCTS = 3;
const ORDERS = 5;

const quantity = fc.integer({ min: 1, max: 6 });
const anyOrder = fc.nat(ORDERS - 1);
const anyProduct = fc.nat(PRODUCTS - 1);
const step = fc.oneof(
  fc.record({ step: fc.constantFrom('reserve', 'commit', 'cancel', 'expire'), order: anyOrder }),
  fc.record({ step: fc.constant('receive'), product: anyProduct, quantity }),
  fc.record({ step: fc.constant('adjust'), product: anyProduct, quantity: fc.integer({ min: -8, max: 8 }) }),
);
type Step = typeof step extends fc.Arbitrary<infer Each> ? Each : never;

/** Steps of a batch run at once, batches one after the other. */
const history = fc.record({
  opening: fc.array(fc.nat(8), { minLength: PRODUCTS, maxLength: PRODUCTS }),
  carts: fc.array(
    fc.uniqueArray(fc.record({ product: anyProduct, quantity }), {
      minLength: 1,
      selector: ({ product }) => product,
    }),
    { minLength: ORDERS, maxLength: ORDERS },
  ),
  batches: fc.array(fc.array(step, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 8 }),
});

describe('Whatever happens to orders and stock, in whatever order and however often', () => {
  let shop: Shop;
  beforeAll(async () => void (shop = await Shop.open({ workers: 10 })));
  afterAll(() => shop.close());

  const environment = { RESERVATION_TTL_SECONDS: 3_600, POLL_INTERVAL_MS: 3_600_000 } as Environment;
  const logger = createLogger('test', { LOG_LEVEL: 'silent' });

  it('what is available is never below zero, and the books balance', async () => {
    const orders = new OrdersService(shop.unitOfWorkOf('api'));
    const stock = new StockService(shop.unitOfWorkOf('api'));
    const reservations = new OrderReservationService(shop.unitOfWorkOf('order-worker'), environment);
    const deductions = new StockDeductionService(shop.unitOfWorkOf('stock-worker'));
    const expiry = new ReservationExpiryService(
      shop.unitOfWorkOf('order-worker'),
      environment,
      logger,
      new Metrics(),
    );
    const audit = new StockAudit({
      query: <Row>(sql: string) => shop.dataSource.query<Row[]>(sql),
      queryWithAdvisoryLock: () => Promise.reject(new Error('not for an audit')),
    });
    /** What the steps did that had an effect: a property over histories in which nothing happens is worth nothing. */
    const effects = new Map<string, number>();
    const count = (what: string) => effects.set(what, (effects.get(what) ?? 0) + 1);

    const tried = async ({
      opening,
      carts,
      batches,
    }: typeof history extends fc.Arbitrary<infer H> ? H : never) => {
      const products: number[] = [];
      for (const onHand of opening) products.push(await shop.product(onHand));
      const placed: { order_id: number; items: { product_id: number; quantity: number }[] }[] = [];
      for (const cart of carts) {
        const items = cart.map(({ product, quantity }) => ({ product_id: products[product]!, quantity }));
        placed.push({ order_id: await shop.order(items), items });
      }
      const take = async (each: Step): Promise<string> => {
        if ('order' in each) {
          const order = placed[each.order]!;
          if (each.step === 'reserve') return reservations.reserve(order);
          if (each.step === 'commit') return deductions.deduct(order);
          if (each.step === 'cancel') return (await orders.cancel(order.order_id)).status;
          await shop.dataSource.query('UPDATE reservations SET expires_at = now() WHERE order_id = $1', [
            order.order_id,
          ]);
          await expiry.endExpired();
          return 'swept';
        }
        if (each.quantity === 0) return 'nothing';
        const kind = each.step === 'receive' ? 'receipt' : 'adjustment';
        await stock.move(products[each.product]!, kind, { quantity: each.quantity, reason: 'as it happens' });
        return kind;
      };
      for (const batch of batches) {
        // A refusal by a rule is an answer like any other; what is not one is a bug.
        const answers = await Promise.all(
          batch.map((each) =>
            take(each).catch((error: unknown) => {
              if (error instanceof AppError && error.kind === 'conflict') return error.code;
              throw error;
            }),
          ),
        );
        answers.forEach(count);
        expect(await audit.run()).toEqual<Discrepancy[]>([]);
        const short = await shop.dataSource.query<unknown[]>(
          'SELECT * FROM stock WHERE on_hand < reserved OR reserved < 0',
        );
        expect(short).toEqual([]);
      }
    };
    await fc.assert(fc.asyncProperty(history, tried), { numRuns: 40, endOnFailure: true });
    for (const answer of [
      'reserved',
      'rejected',
      'duplicate',
      'processed',
      'cancelled',
      'receipt',
      'adjustment',
    ])
      expect([answer, effects.get(answer) ?? 0]).not.toEqual([answer, 0]);
  }, 180_000);
});
