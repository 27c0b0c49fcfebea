import { DomainModule } from '@estoque/domain';
import { Module } from '@nestjs/common';
import { OrderReservationService } from './order-reservation.service.js';
import { OrderConsumer } from './order.consumer.js';

@Module({
  imports: [DomainModule.for({ queue: 'order_queue' })],
  controllers: [OrderConsumer],
  providers: [OrderReservationService],
})
export class OrderWorkerModule {}
