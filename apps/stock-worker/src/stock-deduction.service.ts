import { OrderNotReady, UnitOfWork, type EventOf } from '@estoque/domain';
import { Injectable } from '@nestjs/common';

@Injectable()
export class StockDeductionService {
  constructor(private readonly work: UnitOfWork) {}

  /**
   * `reserved -> processed`: reservations become sales, the movements are written.
   *
   * @returns what became of it; `repeated` where an earlier delivery has done it already
   * @throws OrderNotFound, OrderMismatch, OrderNotReady
   */
  deduct({ order_id, items }: EventOf<'stock.reserve'>): Promise<'processed' | 'repeated'> {
    return this.work.inTransaction(async ({ orders, stock, outbox }) => {
      const order = await orders.hold(order_id, items);
      if (order.status === 'pending') throw new OrderNotReady(order_id, order.status);
      if (order.status !== 'reserved') return 'repeated';

      const changes = await stock.commit(order);
      await orders.process(order_id);
      outbox.add('stock.updated', { order_id, items: changes });
      outbox.add('order.processed', { order_id, items });
      return 'processed';
    });
  }
}
