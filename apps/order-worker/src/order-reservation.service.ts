import { heldAs, UnitOfWork, type EventOf } from '@estoque/domain';
import { Batches } from '@estoque/messaging';
import { ENVIRONMENT, type Environment } from '@estoque/platform';
import { Inject, Injectable } from '@nestjs/common';

type OrderCreated = EventOf<'order.created'>;
type Outcome = 'reserved' | 'rejected' | 'repeated';

@Injectable()
export class OrderReservationService {
  private readonly batches = new Batches<OrderCreated, Outcome>((orders) => this.reserveAll(orders), {
    keyOf: ({ order_id }) => order_id,
  });

  constructor(
    private readonly work: UnitOfWork,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
  ) {}

  /**
   * `pending -> reserved` with the stock of all lines for as long as a reservation lasts, or `pending -> rejected` with the reasons.
   *
   * @returns what became of it; `repeated` where an earlier delivery has done it already
   * @throws OrderNotFound, OrderMismatch
   */
  reserve(order: OrderCreated): Promise<Outcome> {
    return this.batches.add(order);
  }

  private reserveAll(asked: OrderCreated[]): Promise<(Outcome | Error)[]> {
    return this.work.inTransaction(async ({ orders, stock, outbox }) => {
      const held = await orders.holdAsked(asked);
      const pending = held.filter(heldAs('pending'));
      const rejected = await stock.findLacking(pending);
      const served = pending.filter(({ id }) => !rejected.has(id));
      await Promise.all([
        stock.hold(served, this.environment.RESERVATION_TTL_SECONDS),
        orders.reserve(served.map(({ id }) => id)),
        orders.reject(rejected),
      ]);
      for (const { id: order_id, items, asked } of pending) {
        const reasons = rejected.get(order_id);
        if (reasons) outbox.add('order.rejected', { order_id, items, reasons }, asked);
        else outbox.add('stock.reserve', { order_id, items }, asked);
      }
      return held.map((order) => {
        if (order instanceof Error) return order;
        if (order.status !== 'pending') return 'repeated';
        return rejected.has(order.id) ? 'rejected' : 'reserved';
      });
    });
  }
}
