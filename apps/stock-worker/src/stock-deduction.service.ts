import {
  isReadyFor,
  isTooEarlyFor,
  mayTransition,
  OrderNotReady,
  UnitOfWork,
  type EventOf,
} from '@estoque/domain';
import { MicroBatcher } from '@estoque/messaging';
import { Injectable } from '@nestjs/common';

type StockReserve = EventOf<'stock.reserve'>;
type Outcome = 'processed' | 'duplicate';

@Injectable()
export class StockDeductionService {
  private readonly batcher = new MicroBatcher<StockReserve, Outcome>((messages) => this.deductAll(messages), {
    keyOf: ({ order_id }) => order_id,
  });

  constructor(private readonly unitOfWork: UnitOfWork<'stock-worker'>) {}

  /**
   * Makes the transition `reserved -> processed`: fulfils the reservations, deducts the stock and records the sales.
   *
   * @returns `duplicate` if the order was processed before, or was rejected or cancelled
   * @throws OrderNotFound, OrderMismatch, OrderNotReady
   */
  deduct(message: StockReserve): Promise<Outcome> {
    return this.batcher.add(message);
  }

  private deductAll(messages: StockReserve[]): Promise<(Outcome | Error)[]> {
    return this.unitOfWork.inTransaction(async ({ orders, stock, outbox }) => {
      const locked = await orders.lockForMessages(messages);
      const reserved = locked.filter(isReadyFor('process'));
      const [changes] = await Promise.all([
        stock.deduct(reserved),
        orders.process(reserved.map(({ id }) => id)),
      ]);
      for (const { id: order_id, items, message } of reserved) {
        outbox.add('stock.updated', { order_id, items: changes.get(order_id)! }, message);
        outbox.add('order.processed', { order_id, items }, message);
      }
      return locked.map((order) => {
        if (order instanceof Error) return order;
        if (isTooEarlyFor('process', order.status)) return new OrderNotReady(order.id, order.status);
        return mayTransition('process', order.status) ? 'processed' : 'duplicate';
      });
    });
  }
}
