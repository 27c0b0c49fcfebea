import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultInjector } from './injector/fault-injector.js';
import type { LedgerFacts } from './ledger.js';
import { IN_PROGRESS } from './ledger-queries.js';
import { refusalOf } from './load.js';
import { findWrongAmounts } from './payment-ledger.js';

export function ledgerFactsOf({ load, openingStock }: FaultInjector): LedgerFacts {
  return {
    accepted: load.accepted.map(({ id }) => id!),
    // A refused request that is repeated creates an order.
    refused: load.requests
      .filter((request) => refusalOf(request) === 'refused' && !request.isRepeated)
      .map(({ email }) => email),
    openingStock,
  };
}

/**
 * Waits until every order that exists now is finished and every outbox row that exists now is published. The load
 * continues. Orders that were overdue after an earlier fault are ignored. Orders that are overdue at the deadline are added
 * to them.
 *
 * @param deadline in milliseconds since 1970
 * @param options.emptyQueues whether the work queues, the retry queues and the whole outbox have to be empty too, which is
 *   possible without load only
 * @param options.exceptQueues queues that need not be empty
 */
export async function waitUntilDrained(
  injector: FaultInjector,
  deadline: number,
  { emptyQueues = false, exceptQueues = [] as readonly string[] } = {},
): Promise<{ isDrained: boolean; unfinished: string }> {
  const { database, broker, gateway, overdueOrders } = injector;
  const [newest] = await database.query<{ order_id: string; outbox_id: string }>(
    `SELECT coalesce((SELECT max(id) FROM orders), 0) AS order_id,
            coalesce((SELECT max(id) FROM outbox), 0) AS outbox_id`,
  );
  for (;;) {
    // Before the outbox is read: a message is acknowledged after the events of its handler were stored.
    const waiting = emptyQueues ? await broker.countWaitingByQueue(exceptQueues) : {};
    const [row] = await database.query<{ open: number[]; unnotified: number[]; unpublished: number }>(
      `SELECT ARRAY(SELECT id::int FROM orders WHERE id <= $1 AND id <> ALL ($3) AND status IN (${IN_PROGRESS})) AS open,
              ARRAY(SELECT id::int FROM orders WHERE id <= $1 AND id <> ALL ($3) AND status IN ('processed', 'rejected')
                AND NOT EXISTS (SELECT 1 FROM notifications WHERE order_id = orders.id AND state <> 'pending')) AS unnotified,
              (SELECT count(*)::int FROM outbox WHERE $4 OR id <= $2) AS unpublished`,
      [newest!.order_id, newest!.outbox_id, [...overdueOrders], emptyQueues],
    );
    const { open, unnotified, unpublished } = row!;
    const wrongAmounts = await findWrongAmounts(
      (text, values) => database.query(text, values),
      await gateway.charges(),
      Number(newest!.order_id),
    );
    const unsettled = wrongAmounts.map(({ order }) => order).filter((order) => !overdueOrders.has(order));
    const isDone = open.length + unnotified.length + unsettled.length + unpublished === 0;
    if (isDone && Object.keys(waiting).length === 0) return { isDrained: true, unfinished: '' };
    if (Date.now() > deadline) {
      for (const orderId of [...open, ...unnotified, ...unsettled]) overdueOrders.add(orderId);
      const unfinished = isDone
        ? `messages in the queues: ${JSON.stringify(waiting)}`
        : `${countWithExamples(open)} orders not final, ${countWithExamples(unnotified)} customers not notified, ${countWithExamples(unsettled)} orders with wrong amounts, ${unpublished} events in the outbox`;
      return { isDrained: false, unfinished };
    }
    await sleep(200);
  }
}

function countWithExamples(orderIds: number[]) {
  return orderIds.length === 0 ? '0' : `${orderIds.length} (${orderIds.slice(0, 5).join(', ')})`;
}
