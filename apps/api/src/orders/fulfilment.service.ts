import {
  amountOf,
  assertVersion,
  isLastReturn,
  isLastShipment,
  itemsToReturn,
  itemsToShip,
  mayTransition,
  OrderNotCompletable,
  OrderNotReturnable,
  OrderNotShippable,
  orderRow,
  productRow,
  stockRow,
  UnitOfWork,
  type Actor,
  type Answer,
  type ExpectedVersion,
  type KeyedRequest,
} from '@estoque/domain';
import { Injectable } from '@nestjs/common';
import { answerOnce } from '../idempotency/answer-once.js';
import type { ReturnOrderDto, ShipOrderDto } from './fulfilment.dto.js';
import { toOrderDto, type OrderDto } from './orders.dto.js';

/** Who changes an order, and under which conditions. */
interface Change {
  actor: Actor;
  expected?: ExpectedVersion;
  keyed?: KeyedRequest;
}

/** What happens to an order after its stock was deducted. Each change is one transaction with its event. */
@Injectable()
export class FulfilmentService {
  constructor(private readonly unitOfWork: UnitOfWork<'api'>) {}

  /**
   * Records a shipment of some or all units that are not shipped yet.
   *
   * @throws OrderNotFound, VersionStale, OrderNotShippable, UnknownLines, ShipmentTooLarge, TooManyShipments, RowLocked,
   * IdempotencyKeyReused, IdempotencyInProgress
   */
  ship(
    id: number,
    { lines: requested, carrier, tracking_number }: ShipOrderDto,
    { actor, expected, keyed }: Change,
  ): Promise<Answer<OrderDto>> {
    const locking = this.unitOfWork.locking([orderRow(id)]);
    return answerOnce(locking, keyed, async ({ orders, orderDetails, shipments, outbox, auditLog }) => {
      const order = await orders.lockForUpdate(id);
      assertVersion(expected, order.version);
      if (!mayTransition('ship', order.status)) throw new OrderNotShippable(id, order.status);
      const lines = await shipments.progressOf(id);
      const items = itemsToShip(lines, requested);
      const isLast = isLastShipment(lines, items);
      const shipment_id = await shipments.create({ order_id: id, items, carrier, tracking_number, isLast });
      await orders.ship(id, shipment_id, isLast);
      outbox.add('order.shipped', { order_id: id, shipment_id, items });
      const shipped = await orderDetails.get(id);
      await auditLog.record(actor, {
        action: 'order.shipped',
        objectId: id,
        before: { status: order.status },
        after: { status: shipped.status, shipment_id, items },
      });
      return { body: toOrderDto(shipped) };
    });
  }

  /**
   * Records a return of shipped units, and makes them available again if they can be sold. If the order was paid online, the
   * refund of their amount is requested.
   *
   * @throws OrderNotFound, VersionStale, OrderNotReturnable, UnknownLines, ReturnTooLarge, TooManyReturns, StockTooLarge,
   * RowLocked, IdempotencyKeyReused, IdempotencyInProgress
   */
  return(
    id: number,
    { lines: requested, reason, restock }: ReturnOrderDto,
    { actor, expected, keyed }: Change,
  ): Promise<Answer<OrderDto>> {
    const products = restock ? requested.map(({ product_id }) => product_id) : [];
    // A movement refers to its product.
    const rows = [
      orderRow(id),
      ...[...new Set(products)].flatMap((product) => [stockRow(product), productRow(product)]),
    ];
    return answerOnce(this.unitOfWork.locking(rows), keyed, async (transaction) => {
      const { orders, orderDetails, shipments, returns, payments, refunds } = transaction;
      const { reservations, outbox, auditLog } = transaction;
      const order = await orders.lockForUpdate(id);
      assertVersion(expected, order.version);
      if (!mayTransition('return', order.status)) throw new OrderNotReturnable(id, order.status);
      const lines = await shipments.progressOf(id);
      const items = itemsToReturn(lines, requested);
      const amount = amountOf(lines, items);
      const return_id = await returns.create({ order_id: id, items, reason, restocked: restock, amount });
      await orders.return(id, return_id, isLastReturn(lines, items));
      await shipments.endCompletion([id]);
      const payment = await payments.lockOfOrder(id);
      if (payment) await refunds.request(payment, `return ${return_id}`, amount);
      if (restock) {
        const changes = await reservations.restock(order, return_id, items);
        outbox.add('stock.updated', { order_id: id, items: changes });
      }
      outbox.add('order.returned', { order_id: id, return_id, items, restocked: restock });
      const returned = await orderDetails.get(id);
      await auditLog.record(actor, {
        action: 'order.returned',
        objectId: id,
        before: { status: order.status },
        after: { status: returned.status, return_id, items, restocked: restock, amount },
      });
      return { body: toOrderDto(returned) };
    });
  }

  /**
   * Completes a shipped order. An order that is already completed is returned unchanged.
   *
   * @throws OrderNotFound, VersionStale, OrderNotCompletable, RowLocked, IdempotencyKeyReused, IdempotencyInProgress
   */
  complete(id: number, { actor, expected, keyed }: Change): Promise<Answer<OrderDto>> {
    const locking = this.unitOfWork.locking([orderRow(id)]);
    return answerOnce(locking, keyed, async ({ orders, orderDetails, shipments, outbox, auditLog }) => {
      const order = await orders.lockForUpdate(id);
      assertVersion(expected, order.version);
      if (mayTransition('complete', order.status)) {
        await orders.complete([id]);
        await shipments.endCompletion([id]);
        outbox.add('order.completed', { order_id: id, items: order.items });
        await auditLog.record(actor, {
          action: 'order.completed',
          objectId: id,
          before: { status: order.status },
          after: { status: 'completed' },
        });
      } else if (order.status !== 'completed') {
        throw new OrderNotCompletable(id, order.status);
      }
      return { body: toOrderDto(await orderDetails.get(id)) };
    });
  }
}
