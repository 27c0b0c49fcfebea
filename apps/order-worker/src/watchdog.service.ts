import {
  EVENT_OF_STATUS,
  isInProgress,
  parseConfirmation,
  UnitOfWork,
  type OrderEvent,
  type ExaminedOrders,
  type OpenOrder,
  type OrderStatusInProgress,
} from '@estoque/domain';
import { Publisher } from '@estoque/messaging';
import {
  ENVIRONMENT,
  HealthChecks,
  kindOf,
  LOGGER,
  Metrics,
  PeriodicTask,
  type Environment,
  type Logger,
} from '@estoque/platform';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Counter } from 'prom-client';

/** Maximum number of orders that one statement examines. */
const EXAMINED = 5_000;
/** Maximum number of orders that one run examines; the next run continues. */
const MAX_EXAMINED = 100_000;
/** Maximum number of orders whose events one transaction, and one run, republish. */
const BATCH = 500;
const MAX_REPUBLISHED = 5_000;
/** Interval at which a pass begins with the first order. The others begin with the oldest order that was open last. */
const FULL_PASS_MS = 60_000;
const MAX_STUCK_COUNTED = 1_000;

/** A pass over all open orders. It can take several runs. */
interface Pass {
  /** Only orders with higher ids remain to be examined. */
  after: number;
  /** Lowest id of an open order. */
  oldest?: number;
  inProgress: Partial<ExaminedOrders['in_progress']>;
}

/**
 * Finds orders that do not progress and republishes their events: the event that starts the next step, and every
 * event that a consumer has not confirmed. Consumers are idempotent, so a second delivery changes nothing
 * (docs/adr/0001). An order that still does not progress is reported as stuck.
 */
@Injectable()
export class WatchdogService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly task: PeriodicTask;
  private readonly failures: Counter;
  private pass = newPass(0);
  private lastFullPass = performance.now();
  /** Undefined until the first pass is complete. */
  private inProgress?: Pass['inProgress'];
  private stuck = 0;

  constructor(
    private readonly unitOfWork: UnitOfWork<'order-worker'>,
    private readonly publisher: Publisher,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
    @Inject(LOGGER) private readonly logger: Logger,
    health: HealthChecks,
    metrics: Metrics,
  ) {
    const { POLL_INTERVAL_MS } = environment;
    this.task = new PeriodicTask(
      'republishing events of overdue orders',
      POLL_INTERVAL_MS,
      () => this.republishOverdue(),
      logger,
    );
    health.add('orders', () => (this.stuck > 0 ? `stuck orders: ${this.stuck}` : undefined));
    this.failures = metrics.counter(
      'estoque_republish_failures_total',
      'Orders whose events the watchdog could not republish',
    );
    metrics.gauge(
      'estoque_orders_stuck',
      'Orders that do not progress although their events were republished',
      () => this.stuck,
    );
    metrics.gauge(
      'estoque_orders_in_progress',
      'Orders in progress when the watchdog last examined all open orders',
      () => {
        if (!this.inProgress) throw new Error('the orders have not been examined yet');
        return this.inProgress;
      },
      'status',
    );
  }

  onApplicationBootstrap() {
    this.task.start();
  }

  onModuleDestroy() {
    return this.task.stop();
  }

  /** Continues the pass over the open orders, or begins a new one. Each statement examines a bounded number of orders. */
  private async republishOverdue() {
    const { REPUBLISH_AFTER_SECONDS: limits } = this.environment;
    let [examined, republished] = [0, 0];
    while (examined < MAX_EXAMINED && republished < MAX_REPUBLISHED) {
      const { after } = this.pass;
      const orders = await this.unitOfWork.read.openOrders.examine(limits, { after, max: EXAMINED });
      if (orders.overdue.length > 0 && republished === 0) await this.redeclareTopology();
      for (let from = 0; from < orders.overdue.length; from += BATCH)
        await this.republishBatch(orders.overdue.slice(from, from + BATCH));
      this.recordExamined(orders);
      if (orders.count < EXAMINED) return this.endPass();
      examined += orders.count;
      republished += orders.overdue.length;
    }
  }

  private recordExamined({ first, last, in_progress }: ExaminedOrders) {
    const { pass } = this;
    pass.after = last ?? pass.after;
    pass.oldest ??= first ?? undefined;
    for (const [status, count] of Object.entries(in_progress) as [OrderStatusInProgress, number][])
      pass.inProgress[status] = (pass.inProgress[status] ?? 0) + count;
  }

  /**
   * The index contains entries of orders that were closed since the oldest snapshot was taken. Beginning with the oldest
   * order that was open last avoids reading them again.
   */
  private async endPass() {
    const { after, oldest, inProgress } = this.pass;
    this.inProgress = inProgress;
    this.stuck = await this.unitOfWork.read.openOrders.countStuck(MAX_STUCK_COUNTED);
    const isFullPassDue = performance.now() - this.lastFullPass >= FULL_PASS_MS;
    if (isFullPassDue) this.lastFullPass = performance.now();
    this.pass = newPass(isFullPassDue ? 0 : oldest === undefined ? after : oldest - 1);
  }

  /** A lost binding is a possible cause. No transaction is open while this waits for the broker. */
  private async redeclareTopology() {
    await this.publisher
      .redeclareTopology()
      .catch(({ message: reason }: Error) =>
        this.logger.warn({ reason }, 'the topology could not be declared again'),
      );
  }

  /** Republishes the events in one transaction, or order by order if that fails, so that one order affects no other. */
  private async republishBatch(ids: number[]) {
    const { REPUBLISH_AFTER_SECONDS: limits } = this.environment;
    // In a transaction of its own: an order whose events cannot be republished is not claimed again at once, and is
    // reported as stuck in the end.
    const claimed = await this.unitOfWork.inTransaction(({ openOrders }) =>
      openOrders.claimOverdue(limits, ids),
    );
    try {
      await this.republish(claimed);
    } catch (error) {
      if (kindOf(error) === 'unavailable') throw error;
      for (const order of claimed) await this.republishOne(order);
    }
  }

  private async republishOne(order: OpenOrder) {
    try {
      await this.republish([order]);
    } catch (error) {
      if (kindOf(error) === 'unavailable') throw error;
      this.failures.inc();
      this.logger.error({ err: error, order_id: order.id }, 'the events of the order were not republished');
    }
  }

  private async republish(overdue: OpenOrder[]) {
    if (overdue.length === 0) return;
    await this.unitOfWork.inTransaction(
      async ({ orderDetails, shipments, returns, stock, payments, outbox }) => {
        const ids = overdue.map(({ id }) => id);
        const itemsOf = await orderDetails.itemsOf(ids);
        // Only if a consumer confirms `stock.updated` (`confirmedBy` of its contract); at present none does.
        const sold = overdue.filter((order) =>
          eventsToRepublish(order).some(({ event }) => event === 'stock.updated'),
        );
        const salesOf = sold.length > 0 ? await stock.salesOf(sold.map(({ id }) => id)) : undefined;
        const shipmentIds = overdue.flatMap((order) => subjectsOf('order.shipped', order));
        const shippedItemsOf = shipmentIds.length > 0 ? await shipments.itemsOf(shipmentIds) : undefined;
        const returnIds = overdue.flatMap((order) => subjectsOf('order.returned', order));
        const returnedItemsOf = returnIds.length > 0 ? await returns.itemsOf(returnIds) : undefined;
        const unpaid = overdue.filter((order) =>
          eventsToRepublish(order).some(({ event }) => event === 'payment.requested'),
        );
        const requests = await payments.requestsOf(unpaid.map(({ id }) => id));
        for (const order of overdue) {
          const { id: order_id, rejection: reasons, cancellation: reason } = order;
          const items = itemsOf.get(order_id)!;
          for (const { event, subject_id } of eventsToRepublish(order)) {
            if (event === 'stock.updated')
              outbox.republish(event, { order_id, items: salesOf!.get(order_id)! });
            else if (event === 'order.shipped')
              outbox.republish(event, {
                order_id,
                shipment_id: subject_id!,
                items: shippedItemsOf!.get(subject_id!)!,
              });
            else if (event === 'order.returned')
              outbox.republish(event, {
                order_id,
                return_id: subject_id!,
                ...returnedItemsOf!.get(subject_id!)!,
              });
            else if (event === 'payment.requested') outbox.republish(event, requests.get(order_id)!);
            // The payload schema removes fields that the event does not define.
            else outbox.republish(event, { order_id, items, reasons: reasons!, reason: reason! });
          }
        }
      },
    );
    for (const order of overdue)
      for (const { event } of eventsToRepublish(order)) {
        const { id: order_id, status, republish_count } = order;
        this.logger.warn({ event, order_id, status, republish_count }, 'event republished by the watchdog');
      }
  }
}

const newPass = (after: number): Pass => ({ after, inProgress: {} });

/** No consumer confirms the events about the outcome of a payment: `payment.requested` makes payment-worker publish them. */
type RepublishedEvent = OrderEvent & {
  event: Exclude<OrderEvent['event'], 'payment.captured' | 'payment.failed' | 'payment.refunded'>;
};

/** Events to republish, without duplicates: several queues can confirm the same event. */
function eventsToRepublish({ status, unconfirmed }: OpenOrder): RepublishedEvent[] {
  const nextStep = isInProgress(status) ? EVENT_OF_STATUS[status] : undefined;
  const events = [
    ...(unconfirmed.map(parseConfirmation) as RepublishedEvent[]),
    ...(nextStep ? [{ event: nextStep }] : []),
  ];
  return [...new Map(events.map((event) => [`${event.event} ${event.subject_id}`, event])).values()];
}

/** Ids of the subjects of the events to republish. */
const subjectsOf = (name: OrderEvent['event'], order: OpenOrder) =>
  eventsToRepublish(order).flatMap(({ event, subject_id }) => (event === name ? [subject_id!] : []));
