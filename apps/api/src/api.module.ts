import { DomainModule, ReadPoolModule } from '@estoque/domain';
import { Module } from '@nestjs/common';
import { appManifest } from '../../manifest.js';
import { AccessLog } from './access/access-log.js';
import { AccessCheck } from './access/access.check.js';
import { ApiKeyCache } from './access/api-key-cache.js';
import { ApiKeysController } from './access/api-keys.controller.js';
import { ApiKeysService } from './access/api-keys.service.js';
import { Authenticator } from './access/authenticator.js';
import { SessionController } from './access/session.controller.js';
import { Tokens } from './access/tokens.js';
import { AuditLogController } from './audit-log/audit-log.controller.js';
import { AuditLogPruningService } from './audit-log/audit-log-pruning.service.js';
import { AuditLogService } from './audit-log/audit-log.service.js';
import { CustomersController } from './customers/customers.controller.js';
import { CustomersService } from './customers/customers.service.js';
import { ErasureTasksService } from './customers/erasure-tasks.service.js';
import { ErasuresController } from './customers/erasures.controller.js';
import { IdempotencyPruningService } from './idempotency/idempotency-pruning.service.js';
import { RateLimits } from './limits/rate-limits.js';
import { MailSettingsController } from './notifications/mail-settings.controller.js';
import { MailSettingsService } from './notifications/mail-settings.service.js';
import { NotificationsController } from './notifications/notifications.controller.js';
import { NotificationsService } from './notifications/notifications.service.js';
import { ConfigurationController } from './operations/configuration.controller.js';
import { ConfigurationService } from './operations/configuration.service.js';
import { DeadLetterJobsController } from './operations/dead-letter-jobs.controller.js';
import { DeadLetterJobsService } from './operations/dead-letter-jobs.service.js';
import { DeadLetterTasksService } from './operations/dead-letter-tasks.service.js';
import { DeadLettersController } from './operations/dead-letters.controller.js';
import { DiscrepanciesController } from './operations/discrepancies.controller.js';
import { DiscrepanciesService } from './operations/discrepancies.service.js';
import { DeadLettersService } from './operations/dead-letters.service.js';
import { DryRunsService } from './operations/dry-runs.service.js';
import { FlowController } from './operations/flow.controller.js';
import { FlowSamplerService } from './operations/flow-sampler.service.js';
import { FlowService } from './operations/flow.service.js';
import { OperationsController } from './operations/operations.controller.js';
import { OperationsService } from './operations/operations.service.js';
import { FulfilmentController } from './orders/fulfilment.controller.js';
import { FulfilmentService } from './orders/fulfilment.service.js';
import { JourneyController } from './orders/journey.controller.js';
import { JourneyService } from './orders/journey.service.js';
import { OrdersController } from './orders/orders.controller.js';
import { OrdersService } from './orders/orders.service.js';
import { PaymentsController } from './payments/payments.controller.js';
import { PaymentsService } from './payments/payments.service.js';
import { PaymentWebhooksController } from './payments/payment-webhooks.controller.js';
import { PaymentWebhooksService } from './payments/payment-webhooks.service.js';
import { ProductsController } from './products/products.controller.js';
import { ProductsService } from './products/products.service.js';
import { StockController, StockLevelsController } from './stock/stock.controller.js';
import { StockService } from './stock/stock.service.js';
import { StreamController } from './stream/stream.controller.js';
import { StreamService } from './stream/stream.service.js';
import { WebhooksController } from './webhooks/webhooks.controller.js';
import { WebhooksService } from './webhooks/webhooks.service.js';

@Module({
  imports: [DomainModule.for({ ...appManifest('api'), collectsDeadLetters: true }), ReadPoolModule],
  controllers: [
    OrdersController,
    JourneyController,
    StreamController,
    FulfilmentController,
    ProductsController,
    StockController,
    StockLevelsController,
    NotificationsController,
    MailSettingsController,
    PaymentsController,
    PaymentWebhooksController,
    DeadLettersController,
    DiscrepanciesController,
    DeadLetterJobsController,
    OperationsController,
    FlowController,
    ConfigurationController,
    SessionController,
    ApiKeysController,
    AuditLogController,
    CustomersController,
    ErasuresController,
    WebhooksController,
  ],
  providers: [
    OrdersService,
    JourneyService,
    StreamService,
    FulfilmentService,
    ProductsService,
    StockService,
    NotificationsService,
    MailSettingsService,
    PaymentsService,
    PaymentWebhooksService,
    DeadLettersService,
    DryRunsService,
    DiscrepanciesService,
    DeadLetterJobsService,
    DeadLetterTasksService,
    OperationsService,
    FlowService,
    FlowSamplerService,
    ConfigurationService,
    IdempotencyPruningService,
    AccessCheck,
    AccessLog,
    ApiKeyCache,
    ApiKeysService,
    Authenticator,
    RateLimits,
    Tokens,
    AuditLogService,
    AuditLogPruningService,
    CustomersService,
    ErasureTasksService,
    WebhooksService,
  ],
})
export class ApiModule {}
