import {
  isReadyFor,
  isTooEarlyFor,
  mayTransition,
  OrderNotReady,
  orderRow,
  productRow,
  stockRow,
  UnitOfWork,
  type EventOf,
  type OrderMessage,
  type Transaction,
} from '@estoque/domain';
import { MicroBatcher } from '@estoque/messaging';
import { Injectable } from '@nestjs/common';

type StockReserve = EventOf<'stock.reserve'> & Pick<OrderMessage, 'receivedAt'>;
type Outcome = 'processed' | 'duplicate';

@Injectable()
export class StockDeductionService {
  private readonly batcher = new MicroBatcher<StockReserve, Outcome>(
    (messages, lockMode) =>
      this.unitOfWork.inBatch(messages, lockMode, rowsOf, (unlocked, transaction) =>
        this.deductAll(unlocked, transaction),
      ),
    {
      keyOf: ({ order_id }) => order_id,
      locks: { rowsOf, queries: () => this.unitOfWork.rowLocks },
    },
  );

  constructor(private readonly unitOfWork: UnitOfWork<'stock-worker'>) {}

  /**
   * Makes the transition `reserved -> processed`: fulfils the reservations, deducts the stock and records the sales.
   *
   * @returns `duplicate` if the order was processed before, or was rejected or cancelled
   * @throws OrderNotFound, OrderMismatch, OrderNotReady, RowLocked
   */
  deduct(message: StockReserve): Promise<Outcome> {
    return this.batcher.add({ ...message, receivedAt: performance.now() });
  }

  private async deductAll(
    messages: StockReserve[],
    { orders, reservations, outbox }: Transaction<'stock-worker'>,
  ): Promise<(Outcome | Error)[]> {
    const locked = await orders.lockForMessages(messages);
    const reserved = locked.filter(isReadyFor('process'));
    const [changes] = await Promise.all([
      reservations.deduct(reserved),
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
  }
}

/** The rows that a message locks. A movement refers to its product. */
const rowsOf = ({ order_id, items }: StockReserve) => [
  orderRow(order_id),
  ...items.flatMap(({ product_id }) => [stockRow(product_id), productRow(product_id)]),
];
