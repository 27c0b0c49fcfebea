import { UnitOfWork, type EventOf } from '@estoque/domain';
import { ENVIRONMENT, type Environment } from '@estoque/platform';
import { Inject, Injectable } from '@nestjs/common';
import { MailSenderService } from './mail-sender.service.js';

@Injectable()
export class StockAlertService {
  private readonly recipient?: string;

  constructor(
    private readonly work: UnitOfWork,
    private readonly sender: MailSenderService,
    @Inject(ENVIRONMENT) environment: Environment,
  ) {
    this.recipient = environment.STOCK_ALERT_EMAIL;
  }

  /**
   * Records a mail to the shop for each product that this change brought down to its reorder point: on the way down
   * only, and once for the movement that did it, however often the event arrives.
   */
  async alert(changes: EventOf<'stock.updated'>['items']): Promise<'recorded' | 'repeated' | 'ignored'> {
    const { recipient } = this;
    if (!recipient) return 'ignored';
    const points = await this.work.read.products.reorderPoints(changes.map(({ product_id }) => product_id));
    const low = changes.filter(({ product_id, quantity, on_hand }) => {
      const reorderPoint = points.get(product_id) ?? -1;
      return on_hand <= reorderPoint && on_hand - quantity > reorderPoint;
    });
    if (low.length === 0) return 'ignored';
    const recorded = await this.work.inTransaction(async ({ notifications }) => {
      let some = false;
      for (const { movement_id } of low)
        some =
          (await notifications.record({ movement_id, kind: 'low_stock', recipient, locale: 'en' })) || some;
      return some;
    });
    if (!recorded) return 'repeated';
    this.sender.wake();
    return 'recorded';
  }
}
