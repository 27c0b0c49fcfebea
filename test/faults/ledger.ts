import type { Mail } from './mail-sink.js';

/** Reads the database; all queries of one check must see the same snapshot. */
export type Sql = (text: string, values: unknown[]) => Promise<unknown[]>;

/** Facts that the fault injector itself has recorded. They do not come from the database of the system under test. */
export interface LedgerFacts {
  /** Ids of the orders that the API answered with 202. */
  accepted: number[];
  /** E-mail addresses of the requests that the API refused with an error that says that no order was stored. */
  refused: string[];
  /** Stock of each product before the first order, by product id. */
  openingStock: Map<number, number>;
}

/** Guarantees that hold at any time, also while orders are in progress. Each has the name of its violation. */
export const GUARANTEES_AT_ANY_TIME = [
  'lost',
  'duplicated',
  'false refusals',
  'oversold',
  'discrepancies',
] as const;
/**
 * Guarantees that hold once the system is drained. `stuck` means here: the order has no final status. (The watchdog's list
 * of stuck orders contains only orders that stay open although their events were republished.)
 */
const GUARANTEES_WHEN_DRAINED = ['stuck', 'unpublished', 'unnotified', 'wrong mails'] as const;
export const GUARANTEES = [...GUARANTEES_AT_ANY_TIME, ...GUARANTEES_WHEN_DRAINED] as const;
export type GuaranteeName = (typeof GUARANTEES)[number];

/** Violations of each guarantee, as lines of text. */
export type Findings = Record<GuaranteeName, string[]>;

const MAX_LISTED_FINDINGS = 10;

/** @returns lines for a report; a fault can cause hundreds of findings of one kind */
export function summarizeFindings(guarantee: GuaranteeName, findings: string[]): string[] {
  const lines = findings.slice(0, MAX_LISTED_FINDINGS).map((finding) => `${guarantee}: ${finding}`);
  const more = findings.length - lines.length;
  return more > 0 ? [...lines, `${guarantee}: ${more} more`] : lines;
}

export interface Ledger {
  accepted: number;
  orders: number;
  processed: number;
  rejected: number;
  cancelled: number;
  findings: Findings;
  /** Second and further copies of a mail. Each is either explained by a disruption, or a finding. */
  duplicateMails: number;
}

/** The facts as tables, and the units that each order deducted from the stock of each product. */
const FACTS = `WITH accepted AS (SELECT * FROM unnest($1::bigint[]) AS accepted (order_id)),
  opening AS (SELECT * FROM unnest($2::bigint[], $3::integer[]) AS opening (product_id, quantity)),
  refused AS (SELECT * FROM unnest($4::text[]) AS refused (customer_email)),
  sold AS (
    SELECT order_id, product_id, -sum(quantity)::int AS quantity, count(*)::int AS times
    FROM movements WHERE kind = 'sale' GROUP BY order_id, product_id
  )`;

/**
 * Each query returns the violations of a guarantee as lines of text. The queries are written for this ledger and share
 * no code with the system under test. A reservation that was released or has expired reserves nothing.
 */
const QUERIES: [Exclude<GuaranteeName, 'unnotified' | 'wrong mails'>, string][] = [
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
     FROM order_timeline WHERE step <> 'notified' GROUP BY order_id, step HAVING count(*) > 1`,
  ],
  [
    'duplicated',
    `SELECT 'order ' || order_id || ' has ' || count(*) || ' notifications of kind ' || kind AS line
     FROM notifications WHERE order_id IS NOT NULL GROUP BY order_id, kind, recipient HAVING count(*) > 1`,
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
    `SELECT 'product ' || product_id || ': ' || sum(sold.quantity) || ' sold of ' || opening.quantity AS line
     FROM opening JOIN sold USING (product_id)
     GROUP BY product_id, opening.quantity HAVING sum(sold.quantity) > opening.quantity`,
  ],
  [
    'discrepancies',
    `SELECT 'product ' || product_id || ': opening stock ' || quantity || ' differs from ' || on_hand || ' on hand plus '
       || sold || ' sold' AS line
     FROM (
       SELECT product_id, opening.quantity, on_hand, (
         SELECT coalesce(sum(sold.quantity), 0)::int FROM sold WHERE sold.product_id = opening.product_id
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
    `SELECT 'order ' || orders.id || ' is processed, but of product ' || line.product_id || ' it sold '
       || coalesce(sold.quantity, 0) || ' instead of ' || line.quantity || ', its reservation is '
       || coalesce(reservation.status, 'missing') AS line
     FROM orders JOIN order_lines line ON line.order_id = orders.id
     LEFT JOIN sold ON sold.order_id = orders.id AND sold.product_id = line.product_id
     LEFT JOIN reservations reservation
       ON reservation.order_id = orders.id AND reservation.product_id = line.product_id
     WHERE orders.status = 'processed' AND (sold.quantity IS DISTINCT FROM line.quantity
       OR reservation.quantity IS DISTINCT FROM line.quantity OR reservation.status IS DISTINCT FROM 'committed')`,
  ],
  [
    'discrepancies',
    `SELECT 'order ' || orders.id || ' is ' || orders.status || ', but has a reservation of product '
       || reservation.product_id || ' (' || reservation.status || ')' AS line
     FROM orders JOIN reservations reservation ON reservation.order_id = orders.id
     WHERE orders.status NOT IN ('processed', 'reserved') AND reservation.status IN ('active', 'committed')`,
  ],
  [
    'discrepancies',
    `SELECT 'order ' || orders.id || ' is ' || orders.status || ', but product ' || sold.product_id || ' was sold' AS line
     FROM orders JOIN sold ON sold.order_id = orders.id WHERE orders.status <> 'processed'`,
  ],
  [
    'stuck',
    `SELECT 'order ' || id || ' is ' || status || ' since ' || updated_at AS line
     FROM orders WHERE status NOT IN ('processed', 'rejected', 'cancelled')`,
  ],
  ['unpublished', `SELECT event || ' of ' || created_at || ' is still in the outbox' AS line FROM outbox`],
];

/** Checks every guarantee about orders, stock and events against the database. checkMails checks those about mails. */
export async function checkLedger(
  sql: Sql,
  { accepted, refused, openingStock }: LedgerFacts,
): Promise<Ledger> {
  const findings = Object.fromEntries(GUARANTEES.map((guarantee) => [guarantee, [] as string[]])) as Findings;
  const values = [accepted, [...openingStock.keys()], [...openingStock.values()], refused];
  for (const [guarantee, query] of QUERIES) {
    // PostgreSQL needs every parameter to be used in each query.
    const usesAllParameters =
      'cardinality($1::bigint[]) + cardinality($2::bigint[]) + cardinality($3::integer[]) + cardinality($4::text[]) >= 0';
    const rows = (await sql(
      `${FACTS} SELECT * FROM (${query}) AS found WHERE ${usesAllParameters}`,
      values,
    )) as { line: string }[];
    // One push for each line: a call has a limit of about 100,000 arguments.
    for (const { line } of rows) findings[guarantee].push(line);
  }
  const [counts] = (await sql(
    `SELECT count(*)::int AS orders, count(*) FILTER (WHERE status = 'processed')::int AS processed,
            count(*) FILTER (WHERE status = 'rejected')::int AS rejected,
            count(*) FILTER (WHERE status = 'cancelled')::int AS cancelled FROM orders`,
    [],
  )) as Pick<Ledger, 'orders' | 'processed' | 'rejected' | 'cancelled'>[];
  return { accepted: accepted.length, ...counts!, findings, duplicateMails: 0 };
}

export interface MailFacts {
  /** What the mail server accepted. */
  mails: Mail[];
  /** When a mail could be sent without being recorded as sent, in milliseconds. */
  disruptions: { from: number; to: number }[];
  /** Domain of the Message-IDs. */
  domain: string;
  /** Recipients that the mail server refuses permanently. */
  refused: RegExp;
}

interface NotificationRow {
  id: number;
  order_id: number | null;
  recipient: string;
  state: string;
}

/** The mail server can record a mail up to this long after its sender was killed. */
const RECEPTION_DELAY_MS = 1_000;
/** On a busy machine, the sender can record a mail as sent up to this long after the mail server's reply. */
const RECORDING_DELAY_MS = 5_000;

/**
 * Checks that each customer of a final order got the mail about it, that no other mails were sent, and that duplicates
 * are explained by a disruption.
 */
export async function checkMails(
  sql: Sql,
  { mails, disruptions, domain, refused }: MailFacts,
): Promise<Pick<Findings, 'unnotified' | 'wrong mails'> & { duplicateMails: number }> {
  const withoutNotification = (await sql(
    `SELECT 'order ' || id || ' is ' || status || ', but has no notification' AS line FROM orders
     WHERE status IN ('processed', 'rejected', 'cancelled')
       AND NOT EXISTS (SELECT 1 FROM notifications WHERE order_id = orders.id AND kind = 'order_' || orders.status)`,
    [],
  )) as { line: string }[];
  const notifications = (await sql(
    'SELECT id::int, order_id::int, recipient, state FROM notifications ORDER BY id',
    [],
  )) as NotificationRow[];
  const unnotified = withoutNotification.map(({ line }) => line);
  const wrongMails: string[] = [];
  let duplicateMails = 0;
  const mailsById = new Map<string, Mail[]>();
  for (const mail of mails) mailsById.set(mail.messageId, [...(mailsById.get(mail.messageId) ?? []), mail]);
  for (const { id, order_id, recipient, state } of notifications) {
    const messageId = `<notification-${id}@${domain}>`;
    const copies = mailsById.get(messageId) ?? [];
    mailsById.delete(messageId);
    const name = `notification ${id}${order_id === null ? '' : ` of order ${order_id}`}`;
    if (state === 'pending') unnotified.push(`${name} is not sent yet`);
    if (state === 'sent' && copies.length === 0)
      unnotified.push(`${name} is recorded as sent, but was not received`);
    if (state === 'failed' && !refused.test(recipient))
      unnotified.push(`${name} is failed, but its recipient was not refused`);
    if (copies.some(({ to }) => to !== recipient)) wrongMails.push(`${name} was sent to another recipient`);
    for (const { at: receivedAt } of copies.slice(0, -1)) {
      duplicateMails += 1;
      const isExplained = disruptions.some(
        ({ from, to }) => from <= receivedAt + RECORDING_DELAY_MS && to >= receivedAt - RECEPTION_DELAY_MS,
      );
      if (!isExplained) wrongMails.push(`${name} was sent again without a disruption`);
    }
  }
  for (const messageId of mailsById.keys())
    wrongMails.push(`${messageId} was received, but has no notification`);
  return { unnotified, 'wrong mails': wrongMails, duplicateMails };
}
