import type { Metrics } from '@estoque/platform';
import { ORDER_STATUSES, type OrderStatus } from './order/order-state-machine.js';
import { REJECTION_REASONS, type LineRejection } from './order/order.entity.js';

/** What one transaction did to orders: to be counted once it is committed, for it may be undone, or done again. */
export class TransactionCounters {
  readonly orders: Partial<Record<OrderStatus, number>> = {};
  readonly rejections: Partial<Record<LineRejection['reason'], number>> = {};

  /** So many orders came to this state. */
  countOrders(status: OrderStatus, count: number) {
    this.orders[status] = (this.orders[status] ?? 0) + count;
  }

  /** @param rejected for each order its lines' reasons; a reason counts once for an order */
  countRejections(rejected: LineRejection[][]) {
    for (const lines of rejected)
      for (const reason of new Set(lines.map((line) => line.reason)))
        this.rejections[reason] = (this.rejections[reason] ?? 0) + 1;
  }
}

/** @returns what adds a counters to this process's counters */
export function orderCounters(metrics: Metrics): (counters: TransactionCounters) => void {
  const orders = metrics.counter('estoque_orders_total', 'Orders that this process brought to a state', {
    status: ORDER_STATUSES,
  });
  const rejections = metrics.counter(
    'estoque_order_rejections_total',
    'Orders that this process rejected, by reason; one with two reasons counts for both',
    { reason: REJECTION_REASONS },
  );
  return (counters) => {
    for (const [status, count] of Object.entries(counters.orders)) orders.labels(status).inc(count);
    for (const [reason, count] of Object.entries(counters.rejections)) rejections.labels(reason).inc(count);
  };
}
