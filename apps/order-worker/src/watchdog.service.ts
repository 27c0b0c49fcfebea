import {
  EVENT_OF_STATUS,
  eventsOf,
  isFinal,
  UnitOfWork,
  type EventName,
  type OpenOrder,
  type Transaction,
} from '@estoque/domain';
import { Publisher } from '@estoque/messaging';
import {
  ENVIRONMENT,
  HealthChecks,
  LOGGER,
  Metrics,
  PeriodicTask,
  type Environment,
  type Logger,
} from '@estoque/platform';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';

const BATCH = 100;
const MAX_STUCK_COUNTED = 1_000;

/**
 * Finds orders that do not progress and republishes their events: the event that starts the next step, and every
 * event that a consumer has not confirmed. Consumers are idempotent, so a second delivery changes nothing
 * (docs/adr/0001). An order that still does not progress is reported as stuck.
 */
@Injectable()
export class WatchdogService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly task: PeriodicTask;
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
    metrics.gauge(
      'estoque_orders_stuck',
      'Orders that do not progress although their events were republished',
      () => this.stuck,
    );
    metrics.gauge(
      'estoque_orders_in_progress',
      'Orders in progress',
      () => unitOfWork.read.openOrders.countInProgress(),
      'status',
    );
  }

  onApplicationBootstrap() {
    this.task.start();
  }

  onModuleDestroy() {
    return this.task.stop();
  }

  private async republishOverdue() {
    const { REPUBLISH_AFTER_SECONDS: limits } = this.environment;
    const overdue = await this.unitOfWork.inTransaction(({ openOrders }) =>
      openOrders.claimOverdue(limits, BATCH),
    );
    if (overdue.length > 0) {
      // A lost binding is a possible cause. No transaction is open while this waits for the broker.
      await this.publisher
        .redeclareTopology()
        .catch(({ message: reason }: Error) =>
          this.logger.warn({ reason }, 'the topology could not be declared again'),
        );
      await this.unitOfWork.inTransaction(async (transaction) => {
        for (const order of overdue) await this.republish(order, transaction);
      });
    }
    for (const order of overdue)
      for (const event of eventsToRepublish(order)) {
        const { id: order_id, status, republish_count } = order;
        this.logger.warn({ event, order_id, status, republish_count }, 'event republished by the watchdog');
      }
    this.stuck = (await this.unitOfWork.read.openOrders.stuck(MAX_STUCK_COUNTED)).length;
  }

  private async republish(order: OpenOrder, { orders, stock, outbox }: Transaction<'order-worker'>) {
    const { id: order_id, rejection: reasons, cancellation: reason } = order;
    const items = await orders.items(order_id);
    for (const event of eventsToRepublish(order)) {
      // Only if a consumer confirms `stock.updated` (`confirmedBy` of its contract); at present none does.
      if (event === 'stock.updated')
        outbox.republish(event, { order_id, items: await stock.salesOf(order_id) });
      // The payload schema removes fields that the event does not define.
      else outbox.republish(event, { order_id, items, reasons: reasons!, reason: reason! });
    }
  }
}

/** Events to republish. */
function eventsToRepublish({ status, unconfirmed }: OpenOrder): EventName[] {
  const unconfirmedEvents = eventsOf(unconfirmed);
  return isFinal(status) ? unconfirmedEvents : [...new Set([...unconfirmedEvents, EVENT_OF_STATUS[status]])];
}
