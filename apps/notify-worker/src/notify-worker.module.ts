import { DomainModule, dryRunsOf, type UnitOfWork } from '@estoque/domain';
import { ENVIRONMENT, type Environment } from '@estoque/platform';
import { MailerModule } from '@nestjs-modules/mailer';
import { HandlebarsAdapter } from '@nestjs-modules/mailer/adapters/handlebars.adapter';
import { Module } from '@nestjs/common';
import { appManifest } from '../../manifest.js';
import { MailQuotaPruningService } from './mail-quota-pruning.service.js';
import { SMTP_CONNECTIONS, MailSenderService } from './mail-sender.service.js';
import { TEMPLATES } from '@estoque/mails';
import { NotificationService } from './notification.service.js';
import { NotifyConsumer } from './notify.consumer.js';
import { StockAlertService } from './stock-alert.service.js';
import { WebhookAlertsService } from './webhooks/webhook-alerts.service.js';
import { WebhookPruningService } from './webhooks/webhook-pruning.service.js';
import { WebhookSenderService } from './webhooks/webhook-sender.service.js';

/** A dry run records a mail in its transaction, and sends none. */
const SENDS_NOTHING = { sendSoon: () => undefined };

@Module({
  imports: [
    DomainModule.for(appManifest('notify-worker')),
    MailerModule.forRootAsync({
      imports: [],
      inject: [ENVIRONMENT],
      useFactory: ({ SMTP_URL }: Environment) => ({
        transport: {
          url: SMTP_URL!,
          // On shutdown, MailSenderService stops before the mailer closes the pool.
          pool: true,
          maxConnections: SMTP_CONNECTIONS,
          maxMessages: Infinity,
          connectionTimeout: 10_000,
          greetingTimeout: 10_000,
          socketTimeout: 30_000,
          // Text from customers must not make nodemailer read a file or fetch a URL.
          disableFileAccess: true,
          disableUrlAccess: true,
        },
        template: {
          dir: TEMPLATES,
          adapter: new HandlebarsAdapter(undefined, { inlineCssEnabled: false }),
          options: { strict: true },
        },
      }),
    }),
  ],
  controllers: [NotifyConsumer],
  providers: [
    NotificationService,
    StockAlertService,
    MailSenderService,
    MailQuotaPruningService,
    WebhookSenderService,
    WebhookAlertsService,
    WebhookPruningService,
    dryRunsOf(
      appManifest('notify-worker').queue,
      [ENVIRONMENT],
      (environment: Environment) => (unitOfWork: UnitOfWork) =>
        new NotifyConsumer(
          new NotificationService(unitOfWork, SENDS_NOTHING),
          new StockAlertService(unitOfWork, SENDS_NOTHING, environment),
        ),
    ),
  ],
})
export class NotifyWorkerModule {}
