import {
  allocate,
  isReadyFor,
  mayTransition,
  orderRow,
  stockRow,
  UnitOfWork,
  type EventOf,
  type Transaction,
} from '@estoque/domain';
import { MicroBatcher } from '@estoque/messaging';
import { ENVIRONMENT, type Environment } from '@estoque/platform';
import { Inject, Injectable } from '@nestjs/common';

type OrderCreated = EventOf<'order.created'>;
type Outcome = 'reserved' | 'rejected' | 'duplicate';

@Injectable()
export class OrderReservationService {
  private readonly batcher = new MicroBatcher<OrderCreated, Outcome>(
    (messages, lockMode) =>
      this.unitOfWork.inBatch(messages, lockMode, rowsOf, (unlocked, transaction) =>
        this.reserveAll(unlocked, transaction),
      ),
    {
      keyOf: ({ order_id }) => order_id,
      locks: { rowsOf, queries: () => this.unitOfWork.rowLocks },
    },
  );

  constructor(
    private readonly unitOfWork: UnitOfWork<'order-worker'>,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
  ) {}

  /**
   * Makes the transition `pending -> reserved` and reserves the stock of all lines until the reservation expires, or
   * makes the transition `pending -> rejected` and stores the shortages.
   *
   * @returns the new status, or `duplicate` if the order was reserved, rejected or cancelled before
   * @throws OrderNotFound, OrderMismatch, RowLocked
   */
  reserve(message: OrderCreated): Promise<Outcome> {
    return this.batcher.add(message);
  }

  private async reserveAll(
    messages: OrderCreated[],
    { orders, reservations, outbox }: Transaction<'order-worker'>,
  ): Promise<(Outcome | Error)[]> {
    const locked = await orders.lockForMessages(messages);
    const pending = locked.filter(isReadyFor('reserve'));
    const stockLevels = await reservations.lockLevels(pending);
    const { allocated, shortages } = allocate(pending, stockLevels);
    await Promise.all([
      reservations.reserve(allocated, this.environment.RESERVATION_TTL_SECONDS),
      orders.reserve(allocated.map(({ id }) => id)),
      orders.reject(shortages),
    ]);
    for (const { id: order_id, items, message } of pending) {
      const reasons = shortages.get(order_id);
      if (reasons) outbox.add('order.rejected', { order_id, items, reasons }, message);
      else outbox.add('stock.reserve', { order_id, items }, message);
    }
    return locked.map((order) => {
      if (order instanceof Error) return order;
      if (!mayTransition('reserve', order.status)) return 'duplicate';
      return shortages.has(order.id) ? 'rejected' : 'reserved';
    });
  }
}

/** The rows that a message locks. */
const rowsOf = ({ order_id, items }: OrderCreated) => [
  orderRow(order_id),
  ...items.map(({ product_id }) => stockRow(product_id)),
];
