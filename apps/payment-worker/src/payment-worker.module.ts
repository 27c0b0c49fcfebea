import { DomainModule, dryRunsOf, type UnitOfWork } from '@estoque/domain';
import { ENVIRONMENT, LOGGER, UNEXPORTED_METRICS, type Environment, type Logger } from '@estoque/platform';
import { Module } from '@nestjs/common';
import { appManifest } from '../../manifest.js';
import { DryRunGateway } from './gateways/dry-run.gateway.js';
import { createGateway, PAYMENT_GATEWAY } from './gateways/gateway.provider.js';
import { PaymentConsumer } from './payment.consumer.js';
import { PaymentService } from './payment.service.js';
import { ReconciliationService } from './reconciliation.service.js';
import { RefundService } from './refund.service.js';

@Module({
  imports: [DomainModule.for(appManifest('payment-worker'))],
  controllers: [PaymentConsumer],
  providers: [
    { provide: PAYMENT_GATEWAY, inject: [ENVIRONMENT], useFactory: createGateway },
    PaymentService,
    ReconciliationService,
    RefundService,
    dryRunsOf(
      appManifest('payment-worker').queue,
      [ENVIRONMENT, LOGGER],
      (environment: Environment, logger: Logger) =>
        (unitOfWork: UnitOfWork<'payment-worker'>, recordGatewayRequest) => {
          const gateway = new DryRunGateway(recordGatewayRequest);
          const refunds = new RefundService(unitOfWork, gateway, environment, logger, UNEXPORTED_METRICS);
          // It would look for refunds to make, after the end of the dry run too.
          void refunds.onModuleDestroy();
          return new PaymentConsumer(new PaymentService(unitOfWork, gateway, UNEXPORTED_METRICS), refunds);
        },
    ),
  ],
})
export class PaymentWorkerModule {}
