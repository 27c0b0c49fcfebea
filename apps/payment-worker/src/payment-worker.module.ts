import { DomainModule } from '@estoque/domain';
import { ENVIRONMENT } from '@estoque/platform';
import { Module } from '@nestjs/common';
import { appManifest } from '../../manifest.js';
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
  ],
})
export class PaymentWorkerModule {}
