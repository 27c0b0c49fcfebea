import { DEAD_LETTER_QUEUE, UNROUTED_QUEUE } from '@estoque/messaging';
import { readFileSync } from 'node:fs';
import { APP_NAMES } from '../../apps/manifest.js';
import { ledgerFactsOf, waitUntilDrained } from '../faults/drain.js';
import { GUARANTEES } from '../faults/guarantees.js';
import type { FaultInjector } from '../faults/injector/fault-injector.js';
import { checkLedger, type Sql } from '../faults/ledger.js';
import { findDoubleCharges } from '../faults/payment-ledger.js';
import { until } from '../support/until.js';
import type { SenderContext } from './sender.js';
import { SLOW_QUEUES } from './slow-queues.js';

const DRAIN_SECONDS = 60;
const MAX_FORGED_ALERTS = 100;

/** Checks that all input was settled: queues are empty, dead letters collected, the ledger reconciles. */
export async function checkEnd(context: SenderContext) {
  const { injector, inputs, violations } = context;
  await injector.load.stop();
  await until('the dead letter queue to be empty', () => areDeadLettersCollected(injector), {
    seconds: DRAIN_SECONDS,
  }).catch((error: Error) => violations.add('dead letters are not collected', inputs.recent, error.message));
  const { isDrained, unfinished } = await waitUntilDrained(injector, Date.now() + DRAIN_SECONDS * 1_000, {
    emptyQueues: true,
    exceptQueues: SLOW_QUEUES,
  });
  if (!isDrained) violations.add('not drained at the end', inputs.recent, unfinished);
  await checkSlowQueues(context);
  for (const app of APP_NAMES) {
    const { status, text } = await injector.apps.health(app);
    if (status !== 200) violations.add(`${app} is not ready at the end`, '', text);
  }
  await checkDatabase(context);
  checkLogs(context);
}

/** Counts the messages that are delivered and not acknowledged too: a collector that cannot store one keeps it. */
async function areDeadLettersCollected({ broker }: FaultInjector) {
  const queues = await broker.requestManagementApi<{ name: string; messages?: number }[]>(
    'GET',
    `/api/queues/${broker.vhostPath}`,
  );
  const collected: string[] = [DEAD_LETTER_QUEUE, UNROUTED_QUEUE];
  return queues.every(({ name, messages = 0 }) => !collected.includes(name) || messages === 0);
}

/** A message that a client published to a slow retry queue may wait there. No other may. */
async function checkSlowQueues({ injector, violations, sentToSlowQueues }: SenderContext) {
  let waiting = 0;
  for (const queue of SLOW_QUEUES) waiting += await injector.broker.countReady(queue);
  if (waiting > sentToSlowQueues)
    violations.add(
      'messages wait in slow retry queues',
      '',
      `${waiting}, of which ${sentToSlowQueues} were published there`,
    );
}

async function checkDatabase({ injector, violations }: SenderContext) {
  const { findings } = await injector.database.inSnapshot(async (sql) =>
    checkLedger(sql, {
      ...ledgerFactsOf(injector),
      openingStock: await readSupply(sql, injector.openingStock),
    }),
  );
  findings['charged twice'] = findDoubleCharges(await injector.gateway.charges());
  for (const guarantee of GUARANTEES)
    for (const finding of findings[guarantee])
      // The fuzzer may order twice with the same hostile address.
      if (!/ordered once and has/.test(finding) || /@load\.example/.test(finding))
        violations.add(`ledger: ${guarantee}`, '', finding);
  const [alerts] = await injector.database.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM notifications WHERE movement_id IS NOT NULL`,
  );
  if (alerts!.count > MAX_FORGED_ALERTS)
    violations.add('forged stock.updated messages caused mails', '', `${alerts!.count} low-stock mails`);
}

/**
 * Hostile ids contain 1, so a receipt or an adjustment may have changed the stock of the first product.
 *
 * @returns the units of each product that its receipts and adjustments sum to
 */
async function readSupply(sql: Sql, openingStock: ReadonlyMap<number, number>): Promise<Map<number, number>> {
  const changed = (await sql(
    `SELECT product_id::int, sum(quantity)::int AS units
     FROM movements WHERE kind IN ('receipt', 'adjustment') AND product_id = ANY($1) GROUP BY product_id`,
    [[...openingStock.keys()]],
  )) as { product_id: number; units: number }[];
  return new Map([...openingStock, ...changed.map(({ product_id, units }) => [product_id, units] as const)]);
}

function checkLogs({ injector, violations, credentials }: SenderContext) {
  for (const app of APP_NAMES) {
    const log = readFileSync(injector.logFile(app), 'utf8');
    const logged = credentials.secrets.filter((secret) => log.includes(secret));
    if (logged.length > 0) violations.add(`${app} logs credentials`, '', `${logged.length} of them`);
  }
}
