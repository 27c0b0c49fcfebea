import {
  mailLimitsOf,
  NOTIFICATION_KINDS,
  UnitOfWork,
  type DueNotifications,
  type MailLimits,
  type Notification,
  type OrderDetails,
} from '@estoque/domain';
import {
  AppError,
  ENVIRONMENT,
  HealthChecks,
  LOGGER,
  Metrics,
  PeriodicTask,
  sampled,
  type Environment,
  type Logger,
} from '@estoque/platform';
import { MailerService } from '@nestjs-modules/mailer';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Counter } from 'prom-client';
import { MailDelivery } from './mail-delivery.js';

/**
 * Number of SMTP connections. Each sends one mail after the other, so this is the maximum of mails in flight, and the
 * maximum of mails that are sent twice after a crash.
 */
export const SMTP_CONNECTIONS = 10;
const BATCH_SIZE = 100;
/** Interval at which a search starts at the oldest entry, and finds a mail whose transaction committed late. */
const FULL_SEARCH_MS = 60_000;
/** Well below the duration of a lease, so that no other process claims a mail that is still being sent. */
const LEASE_RENEWAL_INTERVAL_MS = 5_000;

/**
 * Sends the pending mails. It polls the notifications table independently of the event consumer, so that a slow or
 * unavailable mail server delays no message. Each batch is claimed with a lease; if the process crashes, another process
 * sends the rest once the lease has expired.
 */
@Injectable()
export class MailSenderService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly sendTask: PeriodicTask;
  private readonly delivery: MailDelivery;
  private readonly limits: MailLimits;
  private readonly withheldCounter: Counter<'kind'>;
  private readonly paused: boolean;
  /** Where the next search for due mails starts; undefined: at the oldest entry. */
  private position?: string;
  private lastFullSearch = -Infinity;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    mailer: MailerService,
    @Inject(ENVIRONMENT) environment: Environment,
    @Inject(LOGGER) private readonly logger: Logger,
    health: HealthChecks,
    metrics: Metrics,
  ) {
    const { MAIL_FROM, MAIL_SENDING, POLL_INTERVAL_MS } = environment;
    this.limits = mailLimitsOf(environment);
    this.delivery = new MailDelivery(unitOfWork, mailer, MAIL_FROM!, logger, metrics);
    this.paused = MAIL_SENDING === 'paused';
    this.sendTask = new PeriodicTask('sending mails', POLL_INTERVAL_MS, () => this.sendDue(), logger);
    health.add('mail', () =>
      this.paused ? 'sending is paused; mails are recorded but not sent' : this.delivery.outage,
    );
    metrics.gauge(
      'estoque_mails_waiting',
      'Mails recorded and not yet sent',
      sampled(() => unitOfWork.read.pendingNotifications.count(this.position)),
    );
    this.withheldCounter = metrics.counter(
      'estoque_mails_withheld_total',
      'Mails that were not sent, because their recipient had got the maximum number of mails within an hour',
      { kind: NOTIFICATION_KINDS },
    );
  }

  onApplicationBootstrap() {
    if (!this.paused) this.sendTask.start();
  }

  onModuleDestroy() {
    return this.sendTask.stop();
  }

  /** Triggers sending right after a mail was recorded, instead of at the next poll. */
  sendSoon() {
    if (!this.paused) this.sendTask.runNow();
  }

  /** @throws AppError `mail_unavailable` if the mail server is unavailable; the remaining mails wait for the next poll */
  private async sendDue() {
    let isFullBatch = true;
    while (isFullBatch && !this.sendTask.isStopping) {
      const { claimed, withheld } = await this.claimBatch();
      await this.withLeaseRenewal(claimed, () => this.deliverBatch(claimed));
      const { outage } = this.delivery;
      if (outage) throw new AppError('unavailable', 'mail_unavailable', outage);
      isFullBatch = claimed.length + withheld.length === BATCH_SIZE;
    }
  }

  private async claimBatch(): Promise<DueNotifications> {
    const isFullSearch = performance.now() - this.lastFullSearch >= FULL_SEARCH_MS;
    if (isFullSearch) this.lastFullSearch = performance.now();
    const from = isFullSearch ? undefined : this.position;
    const due = await this.unitOfWork.inTransaction(({ pendingNotifications }) =>
      pendingNotifications.claimDue(BATCH_SIZE, this.limits, from),
    );
    this.position = due.next;
    if (due.withheld.length > 0) this.reportWithheld(due.withheld);
    return due;
  }

  private reportWithheld(withheld: Notification[]) {
    for (const { kind } of withheld) this.withheldCounter.labels(kind).inc();
    const ids = withheld.map(({ id }) => id);
    this.logger.warn({ notification_ids: ids }, 'mails withheld: too many to one recipient within an hour');
  }

  /** Sends a batch. If the mail server becomes unavailable or the process stops, the unsent mails are released. */
  private async deliverBatch(batch: Notification[]) {
    if (batch.length === 0) return;
    const [orders, suppressed] = await Promise.all([
      this.readOrders(batch),
      this.unitOfWork.read.mailSettings.suppressedOf(batch.map(({ recipient }) => recipient)),
    ]);
    const unsent = [...batch];
    let aborted = false;
    const sendOneByOne = async () => {
      while (!aborted && !this.sendTask.isStopping) {
        const notification = unsent.shift();
        if (!notification) return;
        const serverAvailable = await this.delivery
          .deliver(notification, { orders, suppressed })
          .catch((error: unknown) => {
            aborted = true;
            throw error;
          });
        if (!serverAvailable) aborted = true;
      }
    };
    // Wait for all of them even if one fails, so that no mail is in flight when the next batch begins.
    const results = await Promise.allSettled(Array.from({ length: SMTP_CONNECTIONS }, sendOneByOne));
    if (unsent.length > 0) await this.release(unsent);
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
  }

  private async readOrders(batch: Notification[]): Promise<Map<number, OrderDetails>> {
    const orderIds = batch.map(({ order_id }) => order_id).filter((id) => id !== null);
    const orders = await this.unitOfWork.read.orderDetails.withIds(orderIds);
    return new Map(orders.map((order) => [order.id, order]));
  }

  private release(unsent: Notification[]) {
    const ids = unsent.map(({ id }) => id);
    return this.unitOfWork.inTransaction(({ pendingNotifications }) =>
      pendingNotifications.release(ids, null),
    );
  }

  private async withLeaseRenewal<Result>(
    batch: Notification[],
    work: () => Promise<Result>,
  ): Promise<Result> {
    const ids = batch.map(({ id }) => id);
    const timer = setInterval(() => {
      this.unitOfWork
        .inTransaction(({ pendingNotifications }) => pendingNotifications.renewLeases(ids))
        .catch((error: Error) =>
          this.logger.warn({ reason: error.message }, 'mail leases could not be renewed'),
        );
    }, LEASE_RENEWAL_INTERVAL_MS);
    return work().finally(() => clearInterval(timer));
  }
}
