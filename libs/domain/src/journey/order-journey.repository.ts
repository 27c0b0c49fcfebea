import type { EntityManager } from 'typeorm';

export const JOURNEY_KINDS = [
  'step',
  'reservation',
  'movement',
  'shipment',
  'return',
  'outbox',
  'payment_attempt',
  'refund',
  'mail',
  'webhook',
  'webhook_attempt',
  'dead_letter',
  'dead_letter_action',
  'delivery',
  'republication',
] as const;
export type JourneyKind = (typeof JOURNEY_KINDS)[number];

/** Something that is stored about an order, with its times. */
export interface JourneyEntry {
  kind: JourneyKind;
  /** Status, event, kind of mail or movement, or action. */
  name: string;
  /** Id within its kind; null if it has none of its own. */
  id: number | null;
  started_at: Date;
  /** Null if it has no end, or has not ended. */
  finished_at: Date | null;
  outcome: string | null;
  /** Further facts. No entry contains personal data. */
  detail: Record<string, unknown>;
  traceparent: string | null;
  /** Process that wrote it, with app and version; null if that is not recorded. */
  process: string | null;
  app: string | null;
  version: string | null;
}

/** Entries of one kind that are read: an order has more only after thousands of attempts. */
const MAX_OF_KIND = 200;

const EVENT_OF_DELIVERY = `CROSS JOIN LATERAL (
  SELECT event, traceparent FROM webhook_events WHERE id = webhook_event_id OFFSET 0) AS event`;

/**
 * For each kind: the columns from `name` on, the last one with the id of the process, and the rest of the statement. Each
 * reads an index by order. Movements of returned units have none: the return stands for them.
 */
const SELECTIONS: Record<JourneyKind, string> = {
  step: `step, NULL::bigint, at, NULL::timestamptz, NULL,
      jsonb_strip_nulls(jsonb_build_object('handling_ms', handling_ms)), NULL, process
    FROM order_timeline WHERE order_id = $1 ORDER BY id`,
  reservation: `'product ' || product_id, product_id, created_at, NULL, status,
      jsonb_build_object('product_id', product_id, 'quantity', quantity, 'expires_at', expires_at), NULL, NULL
    FROM reservations WHERE order_id = $1 ORDER BY product_id`,
  movement: `kind, id, created_at, NULL, NULL,
      jsonb_build_object('product_id', product_id, 'quantity', quantity, 'balance_after', balance_after), NULL, NULL
    FROM (SELECT * FROM movements WHERE order_id = $1 AND kind = 'sale'
          UNION ALL SELECT * FROM movements WHERE order_id = $1 AND kind = 'cancellation') AS movement ORDER BY id`,
  shipment: `'shipment', id, created_at, NULL, NULL, '{}', NULL, NULL FROM shipments WHERE order_id = $1 ORDER BY id`,
  return: `'return', id, created_at, NULL, CASE WHEN restocked THEN 'restocked' ELSE 'not restocked' END, '{}', NULL, NULL
    FROM returns WHERE order_id = $1 ORDER BY id`,
  outbox: `event, id, created_at, NULL, 'waiting', jsonb_build_object('event_id', event_id, 'source', source), traceparent, NULL
    FROM outbox WHERE key = $1::text ORDER BY id`,
  payment_attempt: `'charge', attempt.id, started_at, finished_at, outcome,
      jsonb_build_object('payment_id', payment_id, 'amount', amount, 'currency', currency, 'reason', detail), NULL, process
    FROM payments JOIN payment_attempts attempt ON payment_id = payments.id WHERE order_id = $1 ORDER BY attempt.id`,
  refund: `'refund', refund.id, refund.created_at, refund.finished_at, refund.status,
      jsonb_build_object('payment_id', payment_id, 'amount', refund.amount, 'currency', currency, 'cause', cause), NULL, NULL
    FROM payments JOIN refunds refund ON payment_id = payments.id WHERE order_id = $1 ORDER BY refund.id`,
  mail: `kind, id, created_at, sent_at, state, jsonb_build_object('attempts', attempts), traceparent, process
    FROM notifications WHERE order_id = $1 ORDER BY id`,
  webhook: `event, delivery.id, created_at, ended_at, state,
      jsonb_build_object('endpoint_id', endpoint_id, 'attempts', attempts), traceparent, NULL
    FROM webhook_deliveries delivery ${EVENT_OF_DELIVERY} WHERE order_id = $1 ORDER BY delivery.id`,
  webhook_attempt: `event, attempt.id, at, at + make_interval(secs => duration_ms / 1000.0),
      CASE WHEN error IS NULL THEN 'delivered' ELSE 'failed' END,
      jsonb_build_object('endpoint_id', endpoint_id, 'delivery_id', delivery.id, 'status', status), NULL, process
    FROM webhook_deliveries delivery ${EVENT_OF_DELIVERY} JOIN webhook_attempts attempt ON delivery_id = delivery.id
    WHERE order_id = $1 ORDER BY attempt.id`,
  dead_letter: `event, id, first_seen, closed_at, state,
      jsonb_build_object('queue', queue, 'reason', reason, 'attempts', attempts, 'dead_letter_count', dead_letter_count), NULL, NULL
    FROM dead_letters WHERE subject = $2 ORDER BY id`,
  dead_letter_action: `event, action.id, at, NULL, action, jsonb_build_object('dead_letter_id', letter.id), NULL, NULL
    FROM dead_letters letter JOIN dead_letter_actions action ON dead_letter_id = letter.id
    WHERE subject = $2 ORDER BY action.id`,
  delivery: `event, id, started_at, ended_at, outcome,
      jsonb_strip_nulls(jsonb_build_object('queue', queue, 'attempt', attempt, 'code', code, 'event_id', event_id)), NULL, process
    FROM delivery_log WHERE order_id = $1 ORDER BY id`,
  // The last one in the present status: a transition resets the count.
  republication: `status, NULL, republished_at, NULL, NULL, jsonb_build_object('count', republish_count), NULL, NULL
    FROM orders WHERE id = $1 AND republished_at IS NOT NULL`,
};

const STATEMENT = JOURNEY_KINDS.map(
  (kind) => `(SELECT '${kind}', ${SELECTIONS[kind]} LIMIT ${MAX_OF_KIND})`,
).join(' UNION ALL ');

/** Reads everything that is stored about one order. */
export class OrderJourneyRepository {
  constructor(private readonly manager: EntityManager) {}

  /** @returns the entries, earliest first */
  entriesOf(orderId: number): Promise<JourneyEntry[]> {
    return this.manager.query<JourneyEntry[]>(
      `SELECT kind, name, entry.id, entry.started_at, finished_at, outcome, detail, traceparent,
              instance AS process, app, version
       FROM (${STATEMENT})
            AS entry (kind, name, id, started_at, finished_at, outcome, detail, traceparent, process)
            LEFT JOIN processes ON processes.id = entry.process
       ORDER BY entry.started_at, kind, entry.id`,
      [orderId, JSON.stringify({ order_id: orderId })],
    );
  }
}
