import { UnitOfWork, type Locale, type WebhookEndpoint } from '@estoque/domain';
import { renderText } from '@estoque/mails';
import { ENVIRONMENT, LOGGER, PeriodicTask, type Environment, type Logger } from '@estoque/platform';
import { MailerService } from '@nestjs-modules/mailer';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { asMailError, MailRefused } from '../mail.errors.js';

const SUBJECTS: Record<Locale, string> = {
  en: 'Webhook endpoint {id} is disabled',
  'pt-BR': 'O endpoint de webhook {id} foi desativado',
};

const REASONS = {
  en: {
    gone: 'It answered 410 Gone.',
    failing: 'It has not accepted an event for a long time.',
    request: '',
  },
  'pt-BR': {
    gone: 'Ele respondeu 410 Gone.',
    failing: 'Ele não aceita nenhum evento há muito tempo.',
    request: '',
  },
};

/**
 * Mails the operator when the system has disabled a webhook endpoint. The endpoint itself records that the mail is due, so
 * that an outage of the mail server delays the mail and loses none.
 */
@Injectable()
export class WebhookAlertsService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly task: PeriodicTask;
  private readonly recipient?: string;
  private readonly locale: Locale;
  private readonly sender: string;
  private readonly paused: boolean;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly mailer: MailerService,
    @Inject(ENVIRONMENT) environment: Environment,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.recipient = environment.OPERATOR_EMAIL;
    this.locale = environment.OPERATOR_LOCALE;
    this.sender = environment.MAIL_FROM!;
    this.paused = environment.MAIL_SENDING === 'paused';
    this.task = new PeriodicTask(
      'mails about webhook endpoints',
      environment.POLL_INTERVAL_MS,
      () => this.mailDue(),
      logger,
    );
  }

  onApplicationBootstrap() {
    if (this.recipient && !this.paused) this.task.start();
  }

  onModuleDestroy() {
    return this.task.stop();
  }

  private async mailDue() {
    const endpoints = await this.unitOfWork.inTransaction(({ webhookEndpoints }) =>
      webhookEndpoints.claimDueMails(),
    );
    for (const endpoint of endpoints) {
      await this.mail(endpoint).catch((error: unknown) => {
        const failure = asMailError(error);
        if (!(failure instanceof MailRefused)) throw failure;
        const fields = { webhook_endpoint_id: endpoint.id, reason: failure.message };
        this.logger.error(fields, 'the mail about a disabled webhook endpoint was refused');
      });
      await this.unitOfWork.inTransaction(({ webhookEndpoints }) =>
        webhookEndpoints.recordMailed(endpoint.id),
      );
    }
  }

  private async mail({ id, url, disabled_reason, disabled_at, failing_since }: WebhookEndpoint) {
    const { locale } = this;
    const template = `${locale}/webhook_disabled`;
    const context = {
      id,
      // The rest of the URL can contain a token.
      host: new URL(url).host,
      reason: REASONS[locale][disabled_reason!],
      disabled_at: disabled_at!.toISOString(),
      failing_since: failing_since?.toISOString() ?? '',
    };
    await this.mailer.sendMail({
      from: this.sender,
      to: this.recipient,
      subject: SUBJECTS[locale].replace('{id}', String(id)),
      template,
      context,
      text: renderText(template, context),
      headers: { 'Auto-Submitted': 'auto-generated', 'Content-Language': locale },
    });
  }
}
