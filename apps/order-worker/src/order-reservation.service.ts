import { isLockedIn, UnitOfWork, type EventOf } from '@estoque/domain';
import { MicroBatcher } from '@estoque/messaging';
import { ENVIRONMENT, type Environment } from '@estoque/platform';
import { Inject, Injectable } from '@nestjs/common';

type OrderCreated = EventOf<'order.created'>;
type Outcome = 'reserved' | 'rejected' | 'duplicate';

@Injectable()
export class OrderReservationService {
  private readonly batcher = new MicroBatcher<OrderCreated, Outcome>((orders) => this.reserveAll(orders), {
    keyOf: ({ order_id }) => order_id,
  });

  constructor(
    private readonly unitOfWork: UnitOfWork<'order-worker'>,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
  ) {}

  /**
   * `pending -> reserved` with the stock of all lines for as long as a reservation lasts, or `pending -> rejected` with the reasons.
   *
   * @returns what became of it; `repeated` where an earlier delivery has done it already
   * @throws OrderNotFound, OrderMismatch
   */
  reserve(order: OrderCreated): Promise<Outcome> {
    return this.batcher.add(order);
  }

  private reserveAll(asked: OrderCreated[]): Promise<(Outcome | Error)[]> {
    return this.unitOfWork.inTransaction(async ({ orders, stock, outbox }) => {
      const held = await orders.lockRequested(asked);
      const pending = held.filter(isLockedIn('pending'));
      const rejected = await stock.findShortages(pending);
      const served = pending.filter(({ id }) => !rejected.has(id));
      await Promise.all([
        stock.reserve(served, this.environment.RESERVATION_TTL_SECONDS),
        orders.reserve(served.map(({ id }) => id)),
        orders.reject(rejected),
      ]);
      for (const { id: order_id, items, request: asked } of pending) {
        const reasons = rejected.get(order_id);
        if (reasons) outbox.add('order.rejected', { order_id, items, reasons }, asked);
        else outbox.add('stock.reserve', { order_id, items }, asked);
      }
      return held.map((order) => {
        if (order instanceof Error) return order;
        if (order.status !== 'pending') return 'duplicate';
        return rejected.has(order.id) ? 'rejected' : 'reserved';
      });
    });
  }
}
