import type { Metrics } from '@estoque/platform';
import { ORDER_STATUSES, type OrderStatus } from './order/order-state-machine.js';
import { REJECTION_REASONS, type LineRejection } from './order/order.entity.js';

/** Counters of one transaction. They are recorded after the commit, because a transaction can be rolled back or retried. */
export class TransactionCounters {
  readonly orders: Partial<Record<OrderStatus, number>> = {};
  readonly rejections: Partial<Record<LineRejection['reason'], number>> = {};

  /** Counts orders that entered the status. */
  countOrders(status: OrderStatus, count: number) {
    this.orders[status] = (this.orders[status] ?? 0) + count;
  }

  /** Counts each reason once per order. @param rejections the rejected lines of each order */
  countRejections(rejections: LineRejection[][]) {
    for (const lines of rejections)
      for (const reason of new Set(lines.map((line) => line.reason)))
        this.rejections[reason] = (this.rejections[reason] ?? 0) + 1;
  }
}

/** @returns a function that adds the counters of a transaction to the metrics of this process */
export function orderCounters(metrics: Metrics): (counters: TransactionCounters) => void {
  const orders = metrics.counter('estoque_orders_total', 'Orders that entered a status in this process', {
    status: ORDER_STATUSES,
  });
  const rejections = metrics.counter(
    'estoque_order_rejections_total',
    'Orders that this process rejected, by reason. An order with two reasons counts for both',
    { reason: REJECTION_REASONS },
  );
  return (counters) => {
    for (const [status, count] of Object.entries(counters.orders)) orders.labels(status).inc(count);
    for (const [reason, count] of Object.entries(counters.rejections)) rejections.labels(reason).inc(count);
  };
}
