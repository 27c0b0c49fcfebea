import { isLockedIn, OrderNotReady, UnitOfWork, type EventOf } from '@estoque/domain';
import { MicroBatcher } from '@estoque/messaging';
import { Injectable } from '@nestjs/common';

type StockReserve = EventOf<'stock.reserve'>;
type Outcome = 'processed' | 'duplicate';

@Injectable()
export class StockDeductionService {
  private readonly batcher = new MicroBatcher<StockReserve, Outcome>((orders) => this.deductAll(orders), {
    keyOf: ({ order_id }) => order_id,
  });

  constructor(private readonly unitOfWork: UnitOfWork<'stock-worker'>) {}

  /**
   * `reserved -> processed`: reservations become sales, the movements are written.
   *
   * @returns what became of it; `repeated` where an earlier delivery has done it already
   * @throws OrderNotFound, OrderMismatch, OrderNotReady
   */
  deduct(order: StockReserve): Promise<Outcome> {
    return this.batcher.add(order);
  }

  private deductAll(asked: StockReserve[]): Promise<(Outcome | Error)[]> {
    return this.unitOfWork.inTransaction(async ({ orders, stock, outbox }) => {
      const held = await orders.lockRequested(asked);
      const reserved = held.filter(isLockedIn('reserved'));
      const [changes] = await Promise.all([
        stock.deduct(reserved),
        orders.process(reserved.map(({ id }) => id)),
      ]);
      for (const { id: order_id, items, request: asked } of reserved) {
        outbox.add('stock.updated', { order_id, items: changes.get(order_id)! }, asked);
        outbox.add('order.processed', { order_id, items }, asked);
      }
      return held.map((order) => {
        if (order instanceof Error) return order;
        if (order.status === 'pending') return new OrderNotReady(order.id, order.status);
        return order.status === 'reserved' ? 'processed' : 'duplicate';
      });
    });
  }
}
