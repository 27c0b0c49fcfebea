import {
  allocate,
  isReadyFor,
  orderRow,
  stockRow,
  UnitOfWork,
  type EventOf,
  type OrderMessage,
  type Transaction,
} from '@estoque/domain';
import { MicroBatcher } from '@estoque/messaging';
import { ENVIRONMENT, type Environment } from '@estoque/platform';
import { Inject, Injectable } from '@nestjs/common';

type OrderCreated = EventOf<'order.created'> & Pick<OrderMessage, 'receivedAt'>;
type Outcome = 'reserved' | 'awaiting_payment' | 'rejected' | 'duplicate';

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
   * Makes the transition `pending -> reserved` and reserves the stock of all lines until the reservation expires. An order
   * with a payment becomes `awaiting_payment` instead, and its payment is requested. If stock is missing, makes the
   * transition `pending -> rejected` and stores the shortages.
   *
   * @returns the new status, or `duplicate` if the order was reserved, rejected or cancelled before
   * @throws OrderNotFound, OrderMismatch, RowLocked
   */
  reserve(message: OrderCreated): Promise<Outcome> {
    return this.batcher.add({ ...message, receivedAt: performance.now() });
  }

  private async reserveAll(
    messages: OrderCreated[],
    { orders, reservations, payments, outbox }: Transaction<'order-worker'>,
  ): Promise<(Outcome | Error)[]> {
    const locked = await orders.lockForMessages(messages);
    const pending = locked.filter(isReadyFor('awaitPayment'));
    const stockLevels = await reservations.lockLevels(pending);
    const { allocated, shortages } = allocate(pending, stockLevels);
    const withPayment = allocated.filter(({ has_payment }) => has_payment).map(({ id }) => id);
    const withoutPayment = allocated.filter(({ has_payment }) => !has_payment).map(({ id }) => id);
    const [requests] = await Promise.all([
      payments.request(withPayment),
      reservations.reserve(allocated, this.environment.RESERVATION_TTL_SECONDS),
      orders.reserve(withoutPayment),
      orders.awaitPayment(withPayment),
      orders.reject(shortages),
    ]);
    for (const { id: order_id, items, message } of pending) {
      const reasons = shortages.get(order_id);
      const request = requests.get(order_id);
      if (reasons) outbox.add('order.rejected', { order_id, items, reasons }, message);
      else if (request) outbox.add('payment.requested', request, message);
      else outbox.add('stock.reserve', { order_id, items }, message);
    }
    return locked.map((order) => {
      if (order instanceof Error) return order;
      if (order.status !== 'pending') return 'duplicate';
      if (shortages.has(order.id)) return 'rejected';
      return order.has_payment ? 'awaiting_payment' : 'reserved';
    });
  }
}

/** The rows that a message locks. */
const rowsOf = ({ order_id, items }: OrderCreated) => [
  orderRow(order_id),
  ...items.map(({ product_id }) => stockRow(product_id)),
];
