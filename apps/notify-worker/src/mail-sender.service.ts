import { NOTIFICATION_KINDS, UnitOfWork, type Notification, type OrderDetails } from '@estoque/domain';
import { MicroBatcher } from '@estoque/messaging';
import {
  AppError,
  contextFromTraceparent,
  ENVIRONMENT,
  failSpan,
  HealthChecks,
  inSpan,
  LOGGER,
  Metrics,
  PeriodicTask,
  type Environment,
  type Logger,
  type SpanStart,
} from '@estoque/platform';
import { MailerService } from '@nestjs-modules/mailer';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { SpanKind, trace } from '@opentelemetry/api';
import type { Counter } from 'prom-client';
import { asMailError, MailRefused, MailServerUnavailable } from './mail.errors.js';
import { lowStockMail, orderMail, textOf, type Mail } from './mails.js';

/**
 * Mails on their way at once, each over a connection of its own that the next one takes. A crash sends again what was
 * on its way: these at most.
 */
export const CONNECTIONS = 10;
const BATCH = 100;
/** Well within a lease, so that nobody else takes up what is being sent. */
const KEEP_EVERY_MS = 5_000;
/** Waits before a recipient whose server asked for patience is tried again: 5 s, three times as long each time, an hour at most. */
const patience = (attempts: number) => Math.min(5 * 3 ** attempts, 3_600);
const MAX_ATTEMPTS = 12;

/**
 * Sends what is recorded, and records that it was sent. It has a life of its own beside the consumer, so that a mail
 * server that is slow or away holds up no message.
 */
@Injectable()
export class MailSenderService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly sweeper: PeriodicTask;
  private readonly sent = new MicroBatcher<Notification, undefined>((sent) => this.recordSent(sent));
  private readonly from: string;
  private readonly paused: boolean;
  private readonly mails: Counter<'kind' | 'outcome'>;
  private stopping = false;
  private fault?: string;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly mailer: MailerService,
    @Inject(ENVIRONMENT) { MAIL_FROM, MAIL_SENDING, POLL_INTERVAL_MS }: Environment,
    @Inject(LOGGER) private readonly logger: Logger,
    health: HealthChecks,
    metrics: Metrics,
  ) {
    this.from = MAIL_FROM!;
    this.paused = MAIL_SENDING === 'paused';
    this.sweeper = new PeriodicTask('sending mails', POLL_INTERVAL_MS, () => this.sendDue(), logger);
    health.add('mail', () => (this.paused ? 'paused: mails are recorded and wait' : this.fault));
    this.mails = metrics.counter(
      'estoque_mails_total',
      'Mails by what became of them: refused for good, or failed for now',
      { kind: NOTIFICATION_KINDS, outcome: ['sent', 'refused', 'failed'] },
    );
    metrics.gauge('estoque_mails_waiting', 'Mails recorded and still to be sent', () =>
      unitOfWork.read.notifications.countWaiting(),
    );
  }

  onApplicationBootstrap() {
    if (!this.paused) this.sweeper.start();
  }

  onModuleDestroy() {
    this.stopping = true;
    return this.sweeper.stop();
  }

  /** Something was recorded just now. */
  sendSoon() {
    if (!this.paused) this.sweeper.runNow();
  }

  /** @throws AppError of kind `unavailable` where the mail server is away: what is left waits for the next look */
  private async sendDue() {
    for (let more = true; more && !this.stopping;) {
      const due = await this.unitOfWork.inTransaction(({ notifications }) => notifications.claimDue(BATCH));
      await this.withLeaseRenewal(due, () => this.deliverAll(due));
      if (this.fault) throw new AppError('unavailable', 'mail_unavailable', this.fault);
      more = due.length === BATCH;
    }
  }

  /** One after the other on each connection; when the server is away or we are to stop, the rest is given back. */
  private async deliverAll(due: Notification[]) {
    if (due.length === 0) return;
    const orderIds = due.map(({ order_id }) => order_id).filter((id) => id !== null);
    const orders = new Map(
      (await this.unitOfWork.read.orderDetails.withIds(orderIds)).map((order) => [order.id, order]),
    );
    const waiting = [...due];
    let goesOn = true;
    const line = async () => {
      while (goesOn && !this.stopping) {
        const next = waiting.shift();
        if (!next) return;
        const isThere = await inSpan(
          () => sendSpan(next),
          () => this.deliver(next, orders),
        ).catch((error: unknown) => {
          goesOn = false;
          throw error;
        });
        goesOn &&= isThere;
      }
    };
    // To the end of all of them, whatever becomes of one: the next look begins when nothing is on its way.
    const ends = await Promise.allSettled(Array.from({ length: CONNECTIONS }, line));
    if (waiting.length > 0) await this.releaseUnsent(waiting);
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed) throw failed.reason;
  }

  private releaseUnsent(notBegun: Notification[]) {
    const ids = notBegun.map(({ id }) => id);
    return this.unitOfWork.inTransaction(({ notifications }) => notifications.release(ids, null));
  }

  /**
   * Sends one and records how that went. A crash between the mail server's answer and our note of it sends it twice,
   * with the same Message-ID, and that is the only way.
   *
   * @returns false where the mail server is away
   */
  private async deliver(notification: Notification, orders: Map<number, OrderDetails>): Promise<boolean> {
    try {
      await this.send(notification, await this.mailFor(notification, orders));
    } catch (error) {
      return this.recordFailure(notification, asMailError(error) as Error);
    }
    this.fault = undefined;
    await this.sent.add(notification);
    this.mails.labels(notification.kind, 'sent').inc();
    this.logger.info(named(notification), 'mail sent');
    return true;
  }

  private recordSent(sent: Notification[]): Promise<undefined[]> {
    return this.unitOfWork.inTransaction(async ({ notifications, orders }) => {
      await notifications.markSent(sent.map(({ id }) => id));
      await orders.recordNotified(sent.map(({ order_id }) => order_id).filter((id) => id !== null));
      return sent.map(() => undefined);
    });
  }

  /** @returns false where the mail server is away */
  private async recordFailure(notification: Notification, failure: Error): Promise<boolean> {
    const { id, kind, attempts } = notification;
    const reason = failure.message.slice(0, 500);
    const away = failure instanceof MailServerUnavailable;
    const final = failure instanceof MailRefused || attempts + 1 >= MAX_ATTEMPTS;
    this.fault = away ? reason : undefined;
    await this.unitOfWork.inTransaction(({ notifications }) => {
      if (away) return notifications.release([id], reason);
      return final
        ? notifications.markFailed(id, reason)
        : notifications.defer(id, reason, patience(attempts));
    });
    this.mails.labels(kind, final && !away ? 'refused' : 'failed').inc();
    failSpan(trace.getActiveSpan(), failure instanceof AppError ? failure.code : failure.name);
    const unexpected = failure instanceof AppError ? {} : { err: failure };
    if (!away)
      this.logger.warn(
        { ...named(notification), reason, ...unexpected },
        final ? 'mail refused' : 'mail deferred',
      );
    return !away;
  }

  private async withLeaseRenewal<Result>(due: Notification[], work: () => Promise<Result>): Promise<Result> {
    const ids = due.map(({ id }) => id);
    const timer = setInterval(() => {
      this.unitOfWork
        .inTransaction(({ notifications }) => notifications.renewLeases(ids))
        .catch((error: Error) =>
          this.logger.warn({ reason: error.message }, 'mail leases could not be renewed'),
        );
    }, KEEP_EVERY_MS);
    return work().finally(() => clearInterval(timer));
  }

  private async mailFor(
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
    const domain = this.from.replace(/^.*@|>$/g, '');
    const name = resends === 0 ? `notification-${id}` : `notification-${id}-${resends}`;
    await this.mailer.sendMail({
      from: this.from,
      to,
      subject,
      template,
      context,
      text: textOf(template, context),
      messageId: `<${name}@${domain}>`,
      headers: { 'Auto-Submitted': 'auto-generated', 'Content-Language': locale },
    });
  }
}

/** To whom, nobody needs to know. */
const sendSpan = ({ id, kind, traceparent }: Notification): SpanStart => ({
  name: `send ${kind}`,
  kind: SpanKind.CLIENT,
  parent: contextFromTraceparent(traceparent),
  attributes: { 'network.protocol.name': 'smtp', 'estoque.notification.id': id },
});

/** For the log. */
const named = ({ id, kind, order_id }: Notification) => ({
  notification_id: id,
  kind,
  ...(order_id !== null && { order_id }),
});
