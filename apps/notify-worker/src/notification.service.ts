import { OrderNotFound, OrderNotReady, UnitOfWork, type OrderStatus } from '@estoque/domain';
import { MicroBatcher } from '@estoque/messaging';
import { traceContextOf, traceparentOf } from '@estoque/platform';
import { Injectable } from '@nestjs/common';
import { MailSenderService } from './mail-sender.service.js';
import type { OrderMailKind } from './mails.js';

/** What an order must be for a mail to say so. */
const STATUS_OF = {
  order_processed: 'processed',
  order_rejected: 'rejected',
  order_cancelled: 'cancelled',
} as const satisfies Record<OrderMailKind, OrderStatus>;

interface Ended {
  kind: OrderMailKind;
  order_id: number;
}
type Outcome = 'recorded' | 'duplicate';

@Injectable()
export class NotificationService {
  private readonly batcher = new MicroBatcher<Ended, Outcome>((ended) => this.notifyAll(ended), {
    keyOf: ({ order_id }) => order_id,
  });

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly sender: MailSenderService,
  ) {}

  /**
   * Records one mail to the customer, to be sent, and closes the order: nothing more is to come.
   *
   * @returns `repeated` where an earlier delivery has recorded it already
   * @throws OrderNotFound, OrderNotReady
   */
  notify(kind: OrderMailKind, order_id: number): Promise<Outcome> {
    return this.batcher.add({ kind, order_id });
  }

  private async notifyAll(ended: Ended[]): Promise<(Outcome | Error)[]> {
    const outcomes = await this.unitOfWork.inTransaction(async ({ orders, notifications }) => {
      const found = await orders.recipients(ended.map(({ order_id }) => order_id));
      // Of a closed order the mail was recorded, though its row may have been pruned since (docs/adr/0012).
      const toTell = ended.filter(({ kind, order_id }) => {
        const order = found.get(order_id);
        return order?.status === STATUS_OF[kind] && !order.closed_at;
      });
      const wanted = toTell.map((each) => {
        const { kind, order_id } = each;
        const { customer_email: recipient, locale } = found.get(order_id)!;
        return { order_id, kind, recipient, locale, traceparent: traceparentOf(traceContextOf(each)) };
      });
      const [isNew] = await Promise.all([
        notifications.record(wanted),
        orders.close(toTell.map(({ order_id }) => order_id)),
      ]);
      const inTurn = isNew.values();
      return ended.map(({ kind, order_id }) => {
        const order = found.get(order_id);
        if (!order) return new OrderNotFound(order_id);
        if (order.status !== STATUS_OF[kind]) return new OrderNotReady(order_id, order.status);
        if (order.closed_at) return 'duplicate';
        return inTurn.next().value ? 'recorded' : 'duplicate';
      });
    });
    if (outcomes.includes('recorded')) this.sender.sendSoon();
    return outcomes;
  }
}
