import type { EventOf } from '@estoque/domain';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { NotificationService } from './notification.service.js';
import { StockAlertService } from './stock-alert.service.js';

@Controller()
export class NotifyConsumer {
  constructor(
    private readonly notifications: NotificationService,
    private readonly alerts: StockAlertService,
  ) {}

  @EventPattern<string>('order.processed')
  onOrderProcessed(@Payload() order: EventOf<'order.processed'>) {
    return this.notifications.notify('order_processed', order.order_id);
  }

  @EventPattern<string>('order.rejected')
  onOrderRejected(@Payload() order: EventOf<'order.rejected'>) {
    return this.notifications.notify('order_rejected', order.order_id);
  }

  @EventPattern<string>('order.cancelled')
  onOrderCancelled(@Payload() order: EventOf<'order.cancelled'>) {
    return this.notifications.notify('order_cancelled', order.order_id);
  }

  @EventPattern<string>('order.shipped')
  onOrderShipped(@Payload() shipment: EventOf<'order.shipped'>) {
    return this.notifications.notify('order_shipped', shipment.order_id, shipment.shipment_id);
  }

  /** The customer has got a mail for each shipment. */
  @EventPattern<string>('order.completed')
  onOrderCompleted() {
    return 'ignored';
  }

  @EventPattern<string>('order.returned')
  onOrderReturned(@Payload() returned: EventOf<'order.returned'>) {
    return this.notifications.notify('order_returned', returned.order_id, returned.return_id);
  }

  @EventPattern<string>('payment.refunded')
  onPaymentRefunded(@Payload() refund: EventOf<'payment.refunded'>) {
    return this.notifications.notifyRefunded(refund);
  }

  @EventPattern<string>('stock.updated')
  onStockUpdated(@Payload() stock: EventOf<'stock.updated'>) {
    return this.alerts.alert(stock.items);
  }
}
