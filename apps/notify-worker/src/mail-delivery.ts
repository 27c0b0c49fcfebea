import { RowLocked } from '@estoque/database';
import {
  NOTIFICATION_KINDS,
  notificationRow,
  timelineRow,
  type Notification,
  type OrderDetails,
  type Row,
  type UnitOfWork,
} from '@estoque/domain';
import { MicroBatcher, type LockMode } from '@estoque/messaging';
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
import { AddressSuppressed, asMailError, MailRefused, MailServerUnavailable } from './mail.errors.js';
import { composeMail, renderText, type Mail } from '@estoque/mails';

const MAX_MAIL_ATTEMPTS = 12;

/** Exponential backoff after a failed attempt: 5 s, then three times as long each time, at most 1 hour. */
const backoffSeconds = (attempts: number) => Math.min(5 * 3 ** attempts, 3_600);

/** What is read once for a batch of notifications. */
export interface BatchData {
  /** The orders that the notifications are about, by id. */
  orders: Map<number, OrderDetails>;
  /** Recipients that get no mail. */
  suppressed: Set<string>;
}

/** Sends single mails and records the outcome of each attempt. */
export class MailDelivery {
  private readonly sentRecorder = new MicroBatcher<Notification, undefined>(
    (sent, lockMode) => this.recordSent(sent, lockMode),
    { locks: { rowsOf, queries: () => this.unitOfWork.rowLocks } },
  );
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
      'Attempts to send a mail, by outcome: sent, refused (no further attempt), deferred (another attempt follows), suppressed (the address refused a mail before)',
      { kind: NOTIFICATION_KINDS, outcome: ['sent', 'refused', 'deferred', 'suppressed'] },
    );
  }

  /** Why the mail server was unavailable at the last attempt, or undefined if it was available. */
  get outage(): string | undefined {
    return this.outageReason;
  }

  /**
   * Sends one mail and records the outcome. If the outcome cannot be recorded (crash, database outage, locked row), or
   * the lease could not be renewed and has expired, the mail is sent again with the same Message-ID. SMTP offers no way
   * to prevent this.
   *
   * @param batch what is known about the batch of notifications
   * @returns false if the mail server is unavailable
   */
  deliver(notification: Notification, batch: BatchData): Promise<boolean> {
    return inSpan(
      () => deliverySpan(notification),
      () => this.sendAndRecord(notification, batch),
    );
  }

  private async sendAndRecord(
    notification: Notification,
    { orders, suppressed }: BatchData,
  ): Promise<boolean> {
    if (suppressed.has(notification.recipient))
      return this.recordFailure(notification, new AddressSuppressed());
    try {
      const order = orders.get(notification.order_id!);
      await this.send(notification, await composeMail(notification, order, this.unitOfWork.read));
    } catch (error) {
      return this.recordFailure(notification, asMailError(error) as Error);
    }
    this.outageReason = undefined;
    await this.sentRecorder.add(notification).catch((error: unknown) => {
      if (!(error instanceof RowLocked)) throw error;
      this.logger.warn(
        { ...logFields(notification), reason: error.message },
        'the sent mail was not recorded',
      );
    });
    this.mailCounter.labels(notification.kind, 'sent').inc();
    this.logger.info(logFields(notification), 'mail sent');
    return true;
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

  /**
   * A mail whose order another session has locked is recorded as sent without the step in the order's timeline, so that
   * it is not sent again.
   */
  private recordSent(sent: Notification[], lockMode: LockMode): Promise<(undefined | Error)[]> {
    return this.unitOfWork.inBatch(sent, lockMode, rowsOf, async (unlocked, transaction) => {
      const { orders, pendingNotifications, lockFree } = transaction;
      await pendingNotifications.markSent(unlocked.map(({ id }) => id));
      const orderIds = unlocked.map(({ order_id }) => order_id).filter((id) => id !== null);
      const locked = lockMode === 'skip' ? await lockFree(orderIds.map(timelineRow)) : new Set<Row>();
      if (locked.size > 0)
        this.logger.warn({ rows: [...locked] }, 'mails were sent without a step in the timeline: locked');
      await orders.recordNotified(orderIds.filter((id) => !locked.has(timelineRow(id))));
      return unlocked.map(() => undefined);
    });
  }

  /** @returns false if the mail server is unavailable */
  private async recordFailure(notification: Notification, failure: Error): Promise<boolean> {
    const { id, kind, attempts } = notification;
    const reason = failure.message.slice(0, 500);
    const serverUnavailable = failure instanceof MailServerUnavailable;
    const isSuppressed = failure instanceof AddressSuppressed;
    const permanent = isSuppressed || failure instanceof MailRefused || attempts + 1 >= MAX_MAIL_ATTEMPTS;
    if (!isSuppressed) this.outageReason = serverUnavailable ? reason : undefined;
    await this.unitOfWork.inTransaction(async ({ pendingNotifications, mailSettings }) => {
      if (failure instanceof MailRefused && failure.isHardBounce)
        await mailSettings.suppress(notification.recipient, reason);
      if (serverUnavailable) return pendingNotifications.release([id], reason);
      return permanent
        ? pendingNotifications.markFailed(id, reason)
        : pendingNotifications.defer(id, reason, backoffSeconds(attempts));
    });
    const outcome = permanent && !serverUnavailable ? 'refused' : 'deferred';
    this.mailCounter.labels(kind, isSuppressed ? 'suppressed' : outcome).inc();
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

/** The rows that recording a sent mail locks. */
const rowsOf = ({ id }: Notification) => [notificationRow(id)];

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
