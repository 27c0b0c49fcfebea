import { OrderNotReady, UnitOfWork, type OrderStatus } from '@estoque/domain';
import { Injectable } from '@nestjs/common';
import { MailSenderService } from './mail-sender.service.js';
import type { OrderMailKind } from './mails.js';

/** What an order must be for a mail to say so. */
const STATUS_OF = {
  order_processed: 'processed',
  order_rejected: 'rejected',
  order_cancelled: 'cancelled',
} as const satisfies Record<OrderMailKind, OrderStatus>;

@Injectable()
export class NotificationService {
  constructor(
    private readonly work: UnitOfWork,
    private readonly sender: MailSenderService,
  ) {}

  /**
   * Records one mail to the customer, to be sent, and closes the order: nothing more is to come.
   *
   * @returns `repeated` where an earlier delivery has recorded it already
   * @throws OrderNotFound, OrderNotReady
   */
  async notify(kind: OrderMailKind, order_id: number): Promise<'recorded' | 'repeated'> {
    const recorded = await this.work.inTransaction(async ({ orders, notifications }) => {
      const { status, customer_email: recipient, locale } = await orders.addressee(order_id);
      if (status !== STATUS_OF[kind]) throw new OrderNotReady(order_id, status);
      await orders.close(order_id);
      return notifications.record({ order_id, kind, recipient, locale });
    });
    if (!recorded) return 'repeated';
    this.sender.wake();
    return 'recorded';
  }
}
