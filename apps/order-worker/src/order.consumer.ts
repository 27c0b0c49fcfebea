import type { EventOf } from '@estoque/domain';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { OrderReservationService } from './order-reservation.service.js';
import { PaymentOutcomeService } from './payment-outcome.service.js';

@Controller()
export class OrderConsumer {
  constructor(
    private readonly reservations: OrderReservationService,
    private readonly payments: PaymentOutcomeService,
  ) {}

  @EventPattern<string>('order.created')
  onOrderCreated(@Payload() order: EventOf<'order.created'>) {
    return this.reservations.reserve(order);
  }

  @EventPattern<string>('payment.captured')
  onPaymentCaptured(@Payload() payment: EventOf<'payment.captured'>) {
    return this.payments.continueOrder(payment);
  }

  @EventPattern<string>('payment.failed')
  onPaymentFailed(@Payload() payment: EventOf<'payment.failed'>) {
    return this.payments.rejectOrder(payment);
  }
}
