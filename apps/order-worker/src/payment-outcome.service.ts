import {
  mayTransition,
  orderRow,
  OrderNotFound,
  OrderNotReady,
  PaymentNotReady,
  stockRow,
  UnitOfWork,
  type EventOf,
  type LockedOrder,
  type OrderMessage,
  type PaymentStatus,
  type Transaction,
} from '@estoque/domain';
import { MicroBatcher } from '@estoque/messaging';
import { Injectable } from '@nestjs/common';

type PaymentCaptured = EventOf<'payment.captured'> & Pick<OrderMessage, 'receivedAt'>;
type PaymentFailed = EventOf<'payment.failed'>;

/**
 * Continues orders whose payment has an outcome. The stored payment decides, not the message: any client of the broker can
 * publish that a payment was captured.
 */
@Injectable()
export class PaymentOutcomeService {
  private readonly batcher = new MicroBatcher<PaymentCaptured, 'reserved' | 'duplicate'>(
    (messages, lockMode) =>
      this.unitOfWork.inBatch(messages, lockMode, rowsOf, (unlocked, transaction) =>
        this.continueAll(unlocked, transaction),
      ),
    { keyOf: ({ order_id }) => order_id, locks: { rowsOf, queries: () => this.unitOfWork.rowLocks } },
  );

  constructor(private readonly unitOfWork: UnitOfWork<'order-worker'>) {}

  /**
   * Makes the transition `awaiting_payment -> reserved`.
   *
   * @returns `duplicate` if it was made before, or if the order was rejected or cancelled; payment-worker then refunds
   * @throws OrderNotFound, OrderNotReady, PaymentNotReady, RowLocked
   */
  continueOrder(message: PaymentCaptured): Promise<'reserved' | 'duplicate'> {
    return this.batcher.add({ ...message, receivedAt: performance.now() });
  }

  /**
   * Makes the transition `awaiting_payment -> rejected` and releases the reservation.
   *
   * @returns `duplicate` if it was made before, or if the order was cancelled
   * @throws OrderNotFound, OrderNotReady, PaymentNotReady, RowLocked
   */
  async rejectOrder({ order_id }: PaymentFailed): Promise<'rejected' | 'duplicate'> {
    const receivedAt = performance.now();
    const items = (await this.unitOfWork.readForChange.orderDetails.itemsOf([order_id])).get(order_id)!;
    const rows = [orderRow(order_id), ...items.map(({ product_id }) => stockRow(product_id))];
    return this.unitOfWork.locking(rows).inTransaction(async (transaction) => {
      const { orders, payments, reservations, outbox } = transaction;
      orders.noteReceipt([{ order_id, receivedAt }]);
      const order = await orders.lockForUpdate(order_id);
      const payment = (await payments.statusesOf([order_id])).get(order_id);
      const refusal = refusalOf(order, payment, 'failed');
      if (refusal) throw refusal;
      if (order.status !== 'awaiting_payment') return 'duplicate';
      const reasons = order.items.map(({ product_id, quantity }) => ({
        product_id,
        reason: 'payment_declined' as const,
        requested: quantity,
        available: quantity,
      }));
      await reservations.release(order);
      await orders.reject(new Map([[order_id, reasons]]));
      outbox.add('order.rejected', { order_id, items: order.items, reasons });
      return 'rejected';
    });
  }

  private async continueAll(
    messages: PaymentCaptured[],
    { orders, payments, outbox }: Transaction<'order-worker'>,
  ): Promise<('reserved' | 'duplicate' | Error)[]> {
    const ids = messages.map(({ order_id }) => order_id);
    orders.noteReceipt(messages);
    const locked = await orders.lockAll(ids);
    const statuses = await payments.statusesOf(ids);
    const outcomes = messages.map(({ order_id }) => {
      const order = locked.get(order_id);
      if (!order) return new OrderNotFound(order_id);
      const refusal = refusalOf(order, statuses.get(order_id), 'captured');
      return refusal ?? (order.status === 'awaiting_payment' ? 'reserved' : 'duplicate');
    });
    const paid = messages.filter((_, index) => outcomes[index] === 'reserved');
    await orders.reserve(paid.map(({ order_id }) => order_id));
    for (const message of paid) {
      const { order_id } = message;
      outbox.add('stock.reserve', { order_id, items: locked.get(order_id)!.items }, message);
    }
    return outcomes;
  }
}

/** The rows that a message locks. */
const rowsOf = ({ order_id }: PaymentCaptured) => [orderRow(order_id)];

/** @returns why the message cannot be handled, if it cannot */
function refusalOf(
  order: LockedOrder,
  payment: PaymentStatus | undefined,
  expected: PaymentStatus,
): Error | undefined {
  if (mayTransition('awaitPayment', order.status)) return new OrderNotReady(order.id, order.status);
  if (order.status !== 'awaiting_payment' || payment === expected) return undefined;
  return new PaymentNotReady(order.id, payment ?? 'missing');
}
