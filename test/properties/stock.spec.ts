import { StockAudit, type Discrepancy } from '@estoque/domain';
import { createLogger, AppError, HealthChecks, Metrics, type Environment } from '@estoque/platform';
import fc from 'fast-check';
import { OrdersService } from '../../apps/api/src/orders/orders.service.js';
import { StockService } from '../../apps/api/src/stock/stock.service.js';
import { OrderReservationService } from '../../apps/order-worker/src/order-reservation.service.js';
import { ReservationExpiryService } from '../../apps/order-worker/src/reservation-expiry.service.js';
import { StockDeductionService } from '../../apps/stock-worker/src/stock-deduction.service.js';
import { ACTOR, TestShop } from '../support/test-shop.js';

const PRODUCTS = 3;
const ORDERS = 5;

const quantity = fc.integer({ min: 1, max: 6 });
const anyOrder = fc.nat(ORDERS - 1);
const anyProduct = fc.nat(PRODUCTS - 1);
const step = fc.oneof(
  fc.record({ step: fc.constantFrom('reserve', 'deduct', 'cancel', 'expire'), order: anyOrder }),
  fc.record({ step: fc.constant('receive'), product: anyProduct, quantity }),
  fc.record({ step: fc.constant('adjust'), product: anyProduct, quantity: fc.integer({ min: -8, max: 8 }) }),
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** The steps of one batch run concurrently; batches run one after the other. */
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

/** A history in which every outcome occurs: random ones do not contain each of them in every run. */
const EVERY_OUTCOME: typeof history extends fc.Arbitrary<infer Value> ? Value : never = {
  opening: [8, 0, 8],
  carts: [0, 1, 2, 2, 2].slice(0, ORDERS).map((product) => [{ product, quantity: 1 }]),
  batches: [
    [
      { step: 'reserve', order: 0 },
      { step: 'reserve', order: 1 },
      { step: 'cancel', order: 2 },
    ],
    [{ step: 'deduct', order: 0 }],
    [
      { step: 'deduct', order: 0 },
      { step: 'receive', product: 1, quantity: 3 },
      { step: 'adjust', product: 2, quantity: -1 },
    ],
    [{ step: 'cancel', order: 0 }],
  ],
};

/**
 * Uses real services and a real PostgreSQL. There is no broker: random steps take the place of duplicate and reordered
 * messages.
 */
describe('Stock ledger under random concurrent steps', () => {
  let shop: TestShop;
  beforeAll(async () => void (shop = await TestShop.open({ workers: 10 })));
  afterAll(() => shop.close());

  const environment = { RESERVATION_TTL_SECONDS: 3_600, POLL_INTERVAL_MS: 3_600_000 } as Environment;
  const logger = createLogger('test', { LOG_LEVEL: 'silent' });

  it('reconciles after every batch, and available stock is never negative', async () => {
    const orders = new OrdersService(shop.unitOfWorkOf('api'), new Metrics(), {
      PAYMENT_GATEWAY: 'simulated',
    });
    const stock = new StockService(shop.unitOfWorkOf('api'));
    const reservations = new OrderReservationService(shop.unitOfWorkOf('order-worker'), environment);
    const deductions = new StockDeductionService(shop.unitOfWorkOf('stock-worker'));
    const expiry = new ReservationExpiryService(
      shop.unitOfWorkOf('order-worker'),
      environment,
      logger,
      new HealthChecks(),
      new Metrics(),
    );
    const audit = new StockAudit({
      query: <Row>(sql: string) => shop.dataSource.query<Row[]>(sql),
    });
    /** Number of steps by outcome. The test fails if an outcome never occurred, because then it proves nothing about it. */
    const outcomes = new Map<string, number>();
    const countOutcome = (outcome: string) => outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);

    const checkHistory = async ({
      opening,
      carts,
      batches,
    }: typeof history extends fc.Arbitrary<infer Value> ? Value : never) => {
      const products: number[] = [];
      for (const onHand of opening) products.push(await shop.createProduct(onHand));
      const orderMessages: { order_id: number; items: { product_id: number; quantity: number }[] }[] = [];
      for (const cart of carts) {
        const items = cart.map(({ product, quantity }) => ({ product_id: products[product]!, quantity }));
        orderMessages.push({ order_id: await shop.createOrder(items), items });
      }
      const runStep = async (step: Step): Promise<string> => {
        if ('order' in step) {
          const order = orderMessages[step.order]!;
          if (step.step === 'reserve') return reservations.reserve(order);
          if (step.step === 'deduct') return deductions.deduct(order);
          if (step.step === 'cancel') {
            const { timeline } = (await orders.cancel(order.order_id, ACTOR)).body;
            return timeline.at(-2)!.step === 'processed' ? 'restored' : 'cancelled';
          }
          await shop.dataSource.query('UPDATE reservations SET expires_at = now() WHERE order_id = $1', [
            order.order_id,
          ]);
          await expiry.expireReservations();
          return 'expired';
        }
        if (step.quantity === 0) return 'nothing';
        const kind = step.step === 'receive' ? 'receipt' : 'adjustment';
        const movement = { quantity: step.quantity, reason: 'random step' };
        await stock.recordMovement(products[step.product]!, kind, movement, ACTOR);
        return kind;
      };
      for (const batch of batches) {
        // A conflict is a valid outcome: a business rule refused the step. Any other error is a bug.
        const batchOutcomes = await Promise.all(
          batch.map((step) =>
            runStep(step).catch((error: unknown) => {
              if (error instanceof AppError && error.kind === 'conflict') return error.code;
              throw error;
            }),
          ),
        );
        batchOutcomes.forEach(countOutcome);
        expect((await audit.run()).discrepancies).toEqual<Discrepancy[]>([]);
        const oversold = await shop.dataSource.query<unknown[]>(
          'SELECT * FROM stock WHERE on_hand < reserved OR reserved < 0',
        );
        expect(oversold).toEqual([]);
      }
    };
    await fc.assert(fc.asyncProperty(history, checkHistory), {
      numRuns: 40,
      endOnFailure: true,
      examples: [[EVERY_OUTCOME]],
    });
    for (const outcome of [
      'reserved',
      'rejected',
      'duplicate',
      'processed',
      'cancelled',
      'restored',
      'receipt',
      'adjustment',
    ])
      expect([outcome, outcomes.get(outcome) ?? 0]).not.toEqual([outcome, 0]);
  }, 180_000);
});
