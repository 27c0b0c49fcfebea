import { UnitOfWork, type EventOf } from '@estoque/domain';
import { ENVIRONMENT, type Environment } from '@estoque/platform';
import { Inject, Injectable } from '@nestjs/common';

@Injectable()
export class OrderReservationService {
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
  reserve({ order_id, items }: EventOf<'order.created'>): Promise<'reserved' | 'rejected' | 'repeated'> {
    return this.work.inTransaction(async ({ orders, stock, outbox }) => {
      const order = await orders.hold(order_id, items);
      if (order.status !== 'pending') return 'repeated';

      const reasons = await stock.reserve(order, this.environment.RESERVATION_TTL_SECONDS);
      if (reasons.length > 0) {
        await orders.reject(order_id, reasons);
        outbox.add('order.rejected', { order_id, items, reasons });
        return 'rejected';
      }
      await orders.reserve(order_id);
      outbox.add('stock.reserve', { order_id, items });
      return 'reserved';
    });
  }
}
