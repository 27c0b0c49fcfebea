import type { GuaranteeName } from './guarantees.js';

/**
 * Begins each query: the facts as tables, the units that each order deducted from the stock of each product, without
 * those that a cancellation restored, and the units that its returns made available again.
 */
export const FACTS = `WITH accepted AS (SELECT * FROM unnest($1::bigint[]) AS accepted (order_id)),
  opening AS (SELECT * FROM unnest($2::bigint[], $3::integer[]) AS opening (product_id, quantity)),
  refused AS (SELECT * FROM unnest($4::text[]) AS refused (customer_email)),
  sold AS (
    SELECT order_id, product_id, -sum(quantity)::int AS quantity, count(*) FILTER (WHERE kind = 'sale')::int AS times
    FROM movements WHERE kind IN ('sale', 'cancellation') GROUP BY order_id, product_id
  ),
  restocked AS (
    SELECT order_id, product_id, sum(quantity)::int AS quantity FROM movements WHERE kind = 'return'
    GROUP BY order_id, product_id
  )`;

/** Statuses as SQL literals. They are not derived from the code under test. */
export const SOLD = `'processed', 'partially_shipped', 'shipped', 'completed', 'partially_returned', 'returned'`;
export const IN_PROGRESS = `'pending', 'awaiting_payment', 'reserved'`;

/**
 * The query of each guarantee returns its violations as lines of text. The queries share no code with the system under
 * test. A reservation that was released or has expired reserves nothing.
 */
export const QUERIES: [
  Exclude<GuaranteeName, 'unnotified' | 'wrong mails' | 'charged twice' | 'wrong amounts'>,
  string,
][] = [
  [
    'lost',
    `SELECT 'order ' || order_id || ' was accepted and does not exist' AS line
     FROM accepted WHERE NOT EXISTS (SELECT 1 FROM orders WHERE orders.id = accepted.order_id)`,
  ],
  [
    'duplicated',
    `SELECT 'order ' || order_id || ' deducted product ' || product_id || ' ' || times || ' times' AS line
     FROM sold WHERE times > 1`,
  ],
  [
    'duplicated',
    `SELECT 'order ' || order_id || ' became ' || step || ' ' || count(*) || ' times' AS line
     FROM order_timeline WHERE step NOT IN ('notified', 'partially_shipped', 'partially_returned') GROUP BY order_id, step HAVING count(*) > 1`,
  ],
  [
    'duplicated',
    `SELECT 'order ' || order_id || ' has ' || count(*) || ' notifications of kind ' || kind AS line
     FROM notifications WHERE order_id IS NOT NULL GROUP BY order_id, subject_id, kind, recipient HAVING count(*) > 1`,
  ],
  [
    'duplicated',
    `SELECT 'movement ' || movement_id || ' has ' || count(*) || ' notifications of kind ' || kind AS line
     FROM notifications WHERE movement_id IS NOT NULL GROUP BY movement_id, kind, recipient HAVING count(*) > 1`,
  ],
  [
    'duplicated',
    `SELECT customer_email || ' ordered once and has ' || count(*) || ' orders' AS line
     FROM orders GROUP BY customer_email HAVING count(*) > 1`,
  ],
  [
    'false refusals',
    `SELECT 'the request of ' || customer_email || ' was refused, but created order ' || orders.id AS line
     FROM orders JOIN refused USING (customer_email)`,
  ],
  [
    'oversold',
    `SELECT 'product ' || product_id || ' has ' || on_hand || ' on hand, ' || reserved || ' reserved' AS line
     FROM stock WHERE on_hand < 0 OR reserved < 0 OR reserved > on_hand`,
  ],
  [
    'oversold',
    `SELECT 'product ' || product_id || ': ' || sold || ' sold of ' || quantity AS line
     FROM (
       SELECT product_id, opening.quantity, (
         SELECT coalesce(sum(sold.quantity), 0) FROM sold WHERE sold.product_id = opening.product_id
       ) - (
         SELECT coalesce(sum(restocked.quantity), 0) FROM restocked WHERE restocked.product_id = opening.product_id
       ) AS sold FROM opening
     ) AS product WHERE sold > quantity`,
  ],
  [
    'discrepancies',
    `SELECT 'product ' || product_id || ': opening stock ' || quantity || ' differs from ' || on_hand || ' on hand plus '
       || sold || ' sold' AS line
     FROM (
       SELECT product_id, opening.quantity, on_hand, (
         SELECT coalesce(sum(sold.quantity), 0)::int FROM sold WHERE sold.product_id = opening.product_id
       ) - (
         SELECT coalesce(sum(restocked.quantity), 0)::int FROM restocked
         WHERE restocked.product_id = opening.product_id
       ) AS sold
       FROM opening LEFT JOIN stock USING (product_id)
     ) AS product WHERE on_hand + sold IS DISTINCT FROM quantity`,
  ],
  [
    'discrepancies',
    `SELECT 'product ' || product_id || ': ' || reserved || ' reserved, but its active reservations sum to ' || active AS line
     FROM (
       SELECT product_id, reserved, (
         SELECT coalesce(sum(quantity), 0)::int FROM reservations
         WHERE reservations.product_id = stock.product_id AND status = 'active'
       ) AS active
       FROM stock
     ) AS product WHERE reserved <> active`,
  ],
  [
    'discrepancies',
    `SELECT 'movement ' || id || ' records the balance ' || balance_after || ', but the movements sum to ' || balance AS line
     FROM (
       SELECT id, balance_after, sum(quantity) OVER (PARTITION BY product_id ORDER BY id) AS balance FROM movements
     ) AS movement WHERE balance_after <> balance`,
  ],
  [
    'discrepancies',
    `SELECT 'product ' || product_id || ': the last movement records the balance ' || balance_after || ', on hand are '
       || on_hand AS line
     FROM stock JOIN (
       SELECT DISTINCT ON (product_id) product_id, balance_after FROM movements ORDER BY product_id, id DESC
     ) AS last USING (product_id) WHERE balance_after <> on_hand`,
  ],
  [
    'discrepancies',
    `SELECT 'order ' || orders.id || ' is ' || orders.status || ', but of product ' || line.product_id || ' it sold '
       || coalesce(sold.quantity, 0) || ' instead of ' || line.quantity || ', its reservation is '
       || coalesce(reservation.status, 'missing') AS line
     FROM orders JOIN order_lines line ON line.order_id = orders.id
     LEFT JOIN sold ON sold.order_id = orders.id AND sold.product_id = line.product_id
     LEFT JOIN reservations reservation
       ON reservation.order_id = orders.id AND reservation.product_id = line.product_id
     WHERE orders.status IN (${SOLD}) AND (sold.quantity IS DISTINCT FROM line.quantity
       OR reservation.quantity IS DISTINCT FROM line.quantity OR reservation.status IS DISTINCT FROM 'committed')`,
  ],
  [
    'discrepancies',
    `SELECT 'order ' || orders.id || ' is ' || orders.status || ', but has a reservation of product '
       || reservation.product_id || ' (' || reservation.status || ')' AS line
     FROM orders JOIN reservations reservation ON reservation.order_id = orders.id
     WHERE orders.status NOT IN (${SOLD}, 'reserved', 'awaiting_payment') AND reservation.status IN ('active', 'committed')`,
  ],
  [
    'discrepancies',
    `SELECT 'order ' || orders.id || ' is ' || orders.status || ', but product ' || sold.product_id || ' was sold' AS line
     FROM orders JOIN sold ON sold.order_id = orders.id
     WHERE orders.status NOT IN (${SOLD}) AND sold.quantity <> 0`,
  ],
  [
    'discrepancies',
    `SELECT 'order ' || orders.id || ' is ' || orders.status || ', but of product ' || product_id || ' ' || shipped
       || ' of ' || quantity || ' units are shipped and ' || returned || ' returned' AS line
     FROM orders JOIN order_lines line ON line.order_id = orders.id
     WHERE shipped > quantity OR returned > shipped
       OR (orders.status NOT IN (${SOLD}) OR orders.status = 'processed') AND shipped > 0
       OR orders.status IN ('shipped', 'completed', 'partially_returned', 'returned') AND shipped <> quantity
       OR orders.status NOT IN ('partially_returned', 'returned') AND returned > 0
       OR orders.status = 'returned' AND returned <> quantity`,
  ],
  [
    'discrepancies',
    `SELECT 'order ' || order_id || ': of product ' || product_id || ' ' || shipped || ' units are shipped, its shipments have '
       || coalesce(sent, 0) AS line
     FROM order_lines LEFT JOIN (
       SELECT order_id, product_id, sum(quantity)::int AS sent FROM shipment_lines GROUP BY order_id, product_id
     ) AS shipment USING (order_id, product_id) WHERE shipped <> coalesce(sent, 0)`,
  ],
  [
    'discrepancies',
    `SELECT 'order ' || order_id || ': of product ' || product_id || ' ' || returned || ' units are returned, its returns have '
       || coalesce(received, 0) || ', of which ' || coalesce(to_restock, 0) || ' should be on hand again and '
       || coalesce(restocked.quantity, 0) || ' are' AS line
     FROM order_lines LEFT JOIN (
       SELECT return_lines.order_id, product_id, sum(quantity)::int AS received,
              sum(quantity) FILTER (WHERE returns.restocked)::int AS to_restock
       FROM return_lines JOIN returns ON returns.id = return_id GROUP BY return_lines.order_id, product_id
     ) AS receipt USING (order_id, product_id)
     LEFT JOIN restocked USING (order_id, product_id)
     WHERE returned <> coalesce(received, 0) OR coalesce(to_restock, 0) <> coalesce(restocked.quantity, 0)`,
  ],
  [
    'stuck',
    `SELECT 'order ' || id || ' is ' || status || ' since ' || updated_at AS line
     FROM orders WHERE status IN (${IN_PROGRESS})`,
  ],
  ['unpublished', `SELECT event || ' of ' || created_at || ' is still in the outbox' AS line FROM outbox`],
];
