import { UnitOfWork, type EventOf } from '@estoque/domain';
import { ENVIRONMENT, type Environment } from '@estoque/platform';
import { Inject, Injectable } from '@nestjs/common';
import { MailDeliveryService } from './mail-delivery.service.js';

@Injectable()
export class StockAlertService {
  private readonly recipient?: string;

  constructor(
    private readonly work: UnitOfWork,
    private readonly delivery: MailDeliveryService,
    @Inject(ENVIRONMENT) environment: Environment,
  ) {
    this.recipient = environment.STOCK_ALERT_EMAIL;
  }

  /**
   * Tells the shop of each product that this change brought down to its reorder point: on the way down only,
   * and once for the movement that did it, however often the event arrives.
   */
  async alert(changes: EventOf<'stock.updated'>['items']): Promise<'mailed' | 'ignored'> {
    const { recipient } = this;
    if (!recipient) return 'ignored';
    const products = await this.work.read.products.withIds(changes.map(({ product_id }) => product_id));
    let outcome: 'mailed' | 'ignored' = 'ignored';
    for (const { product_id, movement_id, quantity, on_hand } of changes) {
      const product = products.find(({ id }) => id === product_id);
      if (!product || on_hand > product.reorder_point || on_hand - quantity <= product.reorder_point)
        continue;
      const notification = await this.work.inTransaction(({ notifications }) =>
        notifications.record({ movement_id, kind: 'low_stock', recipient, locale: 'en' }),
      );
      const { name, sku, reorder_point } = product;
      await this.delivery.deliver(notification, {
        to: recipient,
        subject: `Low stock: ${sku}`,
        context: { name, sku, on_hand, reorder_point },
      });
      outcome = 'mailed';
    }
    return outcome;
  }
}
