import { heldAs, OrderNotReady, UnitOfWork, type EventOf } from '@estoque/domain';
import { Batches } from '@estoque/messaging';
import { Injectable } from '@nestjs/common';

type StockReserve = EventOf<'stock.reserve'>;
type Outcome = 'processed' | 'repeated';

@Injectable()
export class StockDeductionService {
  private readonly batches = new Batches<StockReserve, Outcome>((orders) => this.deductAll(orders), {
    keyOf: ({ order_id }) => order_id,
  });

  constructor(private readonly work: UnitOfWork) {}

  /**
   * `reserved -> processed`: reservations become sales, the movements are written.
   *
   * @returns what became of it; `repeated` where an earlier delivery has done it already
   * @throws OrderNotFound, OrderMismatch, OrderNotReady
   */
  deduct(order: StockReserve): Promise<Outcome> {
    return this.batches.add(order);
  }

  private deductAll(asked: StockReserve[]): Promise<(Outcome | Error)[]> {
    return this.work.inTransaction(async ({ orders, stock, outbox }) => {
      const held = await orders.holdAsked(asked);
      const reserved = held.filter(heldAs('reserved'));
      const [changes] = await Promise.all([
        stock.commit(reserved),
        orders.process(reserved.map(({ id }) => id)),
      ]);
      for (const { id: order_id, items, asked } of reserved) {
        outbox.add('stock.updated', { order_id, items: changes.get(order_id)! }, asked);
        outbox.add('order.processed', { order_id, items }, asked);
      }
      return held.map((order) => {
        if (order instanceof Error) return order;
        if (order.status === 'pending') return new OrderNotReady(order.id, order.status);
        return order.status === 'reserved' ? 'processed' : 'repeated';
      });
    });
  }
}
