import { UnitOfWork, type Notification } from '@estoque/domain';
import {
  AppError,
  ENVIRONMENT,
  HealthChecks,
  LOGGER,
  Sweeper,
  type Environment,
  type Logger,
} from '@estoque/platform';
import { MailerService } from '@nestjs-modules/mailer';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import Handlebars from 'handlebars';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asMailError, MailRefused, MailServerUnavailable } from './mail.errors.js';
import { lowStockMail, orderMail, type Mail } from './mails.js';

export const TEMPLATES = join(import.meta.dirname, 'templates');

/** Mails on their way at once. */
const BATCH = 20;
/** Well within a lease, so that nobody else takes up what is being sent. */
const KEEP_EVERY_MS = 5_000;
/** Waits before a recipient whose server asked for patience is tried again: 5 s, three times as long each time, an hour at most. */
const patience = (attempts: number) => Math.min(5 * 3 ** attempts, 3_600);
const MOST_ATTEMPTS = 12;

/**
 * Sends what is recorded, and records that it was sent. It has a life of its own beside the consumer, so that a mail
 * server that is slow or away holds up no message.
 */
@Injectable()
export class MailSenderService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly sweeper: Sweeper;
  private readonly textTemplates = new Map<string, Handlebars.TemplateDelegate>();
  private readonly from: string;
  private stopping = false;
  private fault?: string;

  constructor(
    private readonly work: UnitOfWork,
    private readonly mailer: MailerService,
    @Inject(ENVIRONMENT) { MAIL_FROM, SWEEP_INTERVAL_MS }: Environment,
    @Inject(LOGGER) private readonly logger: Logger,
    health: HealthChecks,
  ) {
    this.from = MAIL_FROM!;
    this.sweeper = new Sweeper('sending mails', SWEEP_INTERVAL_MS, () => this.sendDue(), logger);
    health.add('mail', () => this.fault);
  }

  onApplicationBootstrap() {
    this.sweeper.start();
  }

  onModuleDestroy() {
    this.stopping = true;
    return this.sweeper.stop();
  }

  /** Something was recorded just now. */
  wake() {
    this.sweeper.wake();
  }

  /** @throws AppError of kind `unavailable` where the mail server is away: what is left waits for the next look */
  private async sendDue() {
    for (let more = true; more && !this.stopping;) {
      const due = await this.work.inTransaction(({ notifications }) => notifications.claimDue(BATCH));
      await this.keeping(due, () => Promise.all(due.map((notification) => this.deliver(notification))));
      if (this.fault) throw new AppError('unavailable', 'mail_unavailable', this.fault);
      more = due.length === BATCH;
    }
  }

  /**
   * Sends one and records how that went. A crash between the mail server's answer and our note of it sends it twice,
   * with the same Message-ID, and that is the only way.
   */
  private async deliver(notification: Notification) {
    const { id, order_id } = notification;
    try {
      await this.send(notification, await this.mailFor(notification));
    } catch (error) {
      return this.noteFailure(notification, asMailError(error) as Error);
    }
    this.fault = undefined;
    await this.work.inTransaction(async ({ notifications, orders }) => {
      await notifications.markSent(id);
      if (order_id !== null) await orders.noteNotified(order_id);
    });
    this.logger.info(named(notification), 'mailed');
  }

  private async noteFailure(notification: Notification, failure: Error) {
    const { id, attempts } = notification;
    const reason = failure.message.slice(0, 500);
    const away = failure instanceof MailServerUnavailable;
    const final = failure instanceof MailRefused || attempts + 1 >= MOST_ATTEMPTS;
    this.fault = away ? reason : undefined;
    await this.work.inTransaction(({ notifications }) => {
      if (away) return notifications.release(id, reason);
      return final
        ? notifications.markFailed(id, reason)
        : notifications.defer(id, reason, patience(attempts));
    });
    const unexpected = failure instanceof AppError ? {} : { err: failure };
    if (!away)
      this.logger.warn(
        { ...named(notification), reason, ...unexpected },
        final ? 'mail refused' : 'mail put off',
      );
  }

  private async keeping<Result>(due: Notification[], work: () => Promise<Result>): Promise<Result> {
    const ids = due.map(({ id }) => id);
    const timer = setInterval(() => {
      this.work
        .inTransaction(({ notifications }) => notifications.keep(ids))
        .catch((error: Error) =>
          this.logger.warn({ reason: error.message }, 'mails could not be held on to'),
        );
    }, KEEP_EVERY_MS);
    return work().finally(() => clearInterval(timer));
  }

  private async mailFor({ kind, order_id, movement_id, recipient }: Notification): Promise<Mail> {
    const { orders, products, stock } = this.work.read;
    if (kind !== 'low_stock') return orderMail(kind, await orders.get(order_id!));
    const movement = await stock.movement(movement_id!);
    return lowStockMail(recipient, await products.get(movement.product_id), movement);
  }

  private async send({ id, kind, locale, resends }: Notification, { to, subject, context }: Mail) {
    const template = `${locale}/${kind}`;
    const domain = this.from.replace(/^.*@|>$/g, '');
    const name = resends === 0 ? `notification-${id}` : `notification-${id}-${resends}`;
    await this.mailer.sendMail({
      from: this.from,
      to,
      subject,
      template,
      context,
      text: this.textTemplate(template)(context),
      messageId: `<${name}@${domain}>`,
      headers: { 'Auto-Submitted': 'auto-generated', 'Content-Language': locale },
    });
  }

  /** The mailer renders HTML only. */
  private textTemplate(name: string) {
    const known = this.textTemplates.get(name);
    if (known) return known;
    const source = readFileSync(join(TEMPLATES, `${name}.text.hbs`), 'utf8');
    const template = Handlebars.compile(source, { noEscape: true, strict: true });
    this.textTemplates.set(name, template);
    return template;
  }
}

/** For the log. */
const named = ({ id, kind, order_id }: Notification) => ({
  notification_id: id,
  kind,
  ...(order_id !== null && { order_id }),
});
