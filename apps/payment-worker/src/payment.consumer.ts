import type { EventOf } from '@estoque/domain';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { PaymentService } from './payment.service.js';
import { RefundService } from './refund.service.js';

@Controller()
export class PaymentConsumer {
  constructor(
    private readonly payments: PaymentService,
    private readonly refunds: RefundService,
  ) {}

  @EventPattern<string>('payment.requested')
  onPaymentRequested(@Payload() payment: EventOf<'payment.requested'>) {
    return this.payments.charge(payment.order_id);
  }

  @EventPattern<string>('order.cancelled')
  onOrderCancelled(@Payload() order: EventOf<'order.cancelled'>) {
    return this.refunds.refundCancelled(order.order_id);
  }
}
