import { DomainModule, dryRunsOf, type UnitOfWork } from '@estoque/domain';
import { ENVIRONMENT, type Environment } from '@estoque/platform';
import { Module } from '@nestjs/common';
import { appManifest } from '../../manifest.js';
import { AuditService } from './audit.service.js';
import { OrderCompletionService } from './order-completion.service.js';
import { OrderReservationService } from './order-reservation.service.js';
import { OrderConsumer } from './order.consumer.js';
import { PaymentOutcomeService } from './payment-outcome.service.js';
import { ReservationExpiryService } from './reservation-expiry.service.js';
import { RetentionService } from './retention.service.js';
import { SnapshotAgeService } from './snapshot-age.service.js';
import { WatchdogService } from './watchdog.service.js';

@Module({
  imports: [DomainModule.for(appManifest('order-worker'))],
  controllers: [OrderConsumer],
  providers: [
    OrderReservationService,
    PaymentOutcomeService,
    ReservationExpiryService,
    OrderCompletionService,
    RetentionService,
    SnapshotAgeService,
    WatchdogService,
    AuditService,
    dryRunsOf(
      appManifest('order-worker').queue,
      [ENVIRONMENT],
      (environment: Environment) => (unitOfWork: UnitOfWork<'order-worker'>) =>
        new OrderConsumer(
          new OrderReservationService(unitOfWork, environment),
          new PaymentOutcomeService(unitOfWork),
        ),
    ),
  ],
})
export class OrderWorkerModule {}
