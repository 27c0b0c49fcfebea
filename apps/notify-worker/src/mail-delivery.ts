import { NOTIFICATION_KINDS, type Notification, type OrderDetails, type UnitOfWork } from '@estoque/domain';
import { MicroBatcher } from '@estoque/messaging';
import {
  AppError,
  contextFromTraceparent,
  failSpan,
  inSpan,
  type Logger,
  type Metrics,
  type SpanStart,
} from '@estoque/platform';
import type { MailerService } from '@nestjs-modules/mailer';
import { SpanKind, trace } from '@opentelemetry/api';
import type { Counter } from 'prom-client';
import { asMailError, MailRefused, MailServerUnavailable } from './mail.errors.js';
import { lowStockMail, orderMail, renderText, type Mail } from './mails.js';

const MAX_MAIL_ATTEMPTS = 12;

/** Exponential backoff after a failed attempt: 5 s, then three times as long each time, at most 1 hour. */
const backoffSeconds = (attempts: number) => Math.min(5 * 3 ** attempts, 3_600);

/** Sends single mails and records the outcome of each attempt. */
export class MailDelivery {
  private readonly sentRecorder = new MicroBatcher<Notification, undefined>((sent) => this.recordSent(sent));
  private readonly mailCounter: Counter<'kind' | 'outcome'>;
  private outageReason?: string;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly mailer: MailerService,
    private readonly sender: string,
    private readonly logger: Logger,
    metrics: Metrics,
  ) {
    this.mailCounter = metrics.counter(
      'estoque_mails_total',
      'Attempts to send a mail, by outcome: sent, refused (no further attempt), deferred (another attempt follows)',
      { kind: NOTIFICATION_KINDS, outcome: ['sent', 'refused', 'deferred'] },
    );
  }

  /** Why the mail server was unavailable at the last attempt, or undefined if it was available. */
  get outage(): string | undefined {
    return this.outageReason;
  }

  /**
   * Sends one mail and records the outcome. If the outcome cannot be recorded (crash, database outage), or the lease
   * could not be renewed and has expired, the mail is sent again with the same Message-ID. SMTP offers no way to prevent
   * this.
   *
   * @param orders the orders that the batch of notifications is about, by id
   * @returns false if the mail server is unavailable
   */
  deliver(notification: Notification, orders: Map<number, OrderDetails>): Promise<boolean> {
    return inSpan(
      () => deliverySpan(notification),
      () => this.sendAndRecord(notification, orders),
    );
  }

  private async sendAndRecord(
    notification: Notification,
    orders: Map<number, OrderDetails>,
  ): Promise<boolean> {
    try {
      await this.send(notification, await this.composeMail(notification, orders));
    } catch (error) {
      return this.recordFailure(notification, asMailError(error) as Error);
    }
    this.outageReason = undefined;
    await this.sentRecorder.add(notification);
    this.mailCounter.labels(notification.kind, 'sent').inc();
    this.logger.info(logFields(notification), 'mail sent');
    return true;
  }

  private async composeMail(
    { kind, order_id, movement_id, recipient }: Notification,
    orders: Map<number, OrderDetails>,
  ): Promise<Mail> {
    const { products, stock } = this.unitOfWork.read;
    if (kind !== 'low_stock') return orderMail(kind, orders.get(order_id!)!);
    const movement = await stock.movement(movement_id!);
    return lowStockMail(recipient, await products.get(movement.product_id), movement);
  }

  private async send({ id, kind, locale, resends }: Notification, { to, subject, context }: Mail) {
    const template = `${locale}/${kind}`;
    const domain = this.sender.replace(/^.*@|>$/g, '');
    const messageName = resends === 0 ? `notification-${id}` : `notification-${id}-${resends}`;
    await this.mailer.sendMail({
      from: this.sender,
      to,
      subject,
      template,
      context,
      text: renderText(template, context),
      messageId: `<${messageName}@${domain}>`,
      headers: { 'Auto-Submitted': 'auto-generated', 'Content-Language': locale },
    });
  }

  private recordSent(sent: Notification[]): Promise<undefined[]> {
    return this.unitOfWork.inTransaction(async ({ notifications, orders }) => {
      await notifications.markSent(sent.map(({ id }) => id));
      await orders.recordNotified(sent.map(({ order_id }) => order_id).filter((id) => id !== null));
      return sent.map(() => undefined);
    });
  }

  /** @returns false if the mail server is unavailable */
  private async recordFailure(notification: Notification, failure: Error): Promise<boolean> {
    const { id, kind, attempts } = notification;
    const reason = failure.message.slice(0, 500);
    const serverUnavailable = failure instanceof MailServerUnavailable;
    const permanent = failure instanceof MailRefused || attempts + 1 >= MAX_MAIL_ATTEMPTS;
    this.outageReason = serverUnavailable ? reason : undefined;
    await this.unitOfWork.inTransaction(({ notifications }) => {
      if (serverUnavailable) return notifications.release([id], reason);
      return permanent
        ? notifications.markFailed(id, reason)
        : notifications.defer(id, reason, backoffSeconds(attempts));
    });
    this.mailCounter.labels(kind, permanent && !serverUnavailable ? 'refused' : 'deferred').inc();
    failSpan(trace.getActiveSpan(), failure instanceof AppError ? failure.code : failure.name);
    const unexpectedError = failure instanceof AppError ? {} : { err: failure };
    if (!serverUnavailable)
      this.logger.warn(
        { ...logFields(notification), reason, ...unexpectedError },
        permanent ? 'mail failed permanently' : 'mail attempt failed',
      );
    return !serverUnavailable;
  }
}

/** The span does not contain the recipient, because traces must not contain personal data. */
const deliverySpan = ({ id, kind, traceparent }: Notification): SpanStart => ({
  name: `send ${kind}`,
  kind: SpanKind.CLIENT,
  parent: contextFromTraceparent(traceparent),
  attributes: { 'network.protocol.name': 'smtp', 'estoque.notification.id': id },
});

const logFields = ({ id, kind, order_id }: Notification) => ({
  notification_id: id,
  kind,
  ...(order_id !== null && { order_id }),
});
