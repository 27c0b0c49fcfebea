import type { EventOf } from '@estoque/domain';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { OrderReservationService } from './order-reservation.service.js';

@Controller()
export class OrderConsumer {
  constructor(private readonly reservations: OrderReservationService) {}

  @EventPattern<string>('order.created')
  onOrderCreated(@Payload() order: EventOf<'order.created'>) {
    return this.reservations.reserve(order);
  }
}
