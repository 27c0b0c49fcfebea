import type { Mail } from './mail-sink.js';

/** Reads the database: all queries of one ledger see it at the same moment. */
export type Sql = (text: string, values: unknown[]) => Promise<unknown[]>;

/** What the rig knows without asking the system. */
export interface Facts {
  /** Orders that the API said 202 to. */
  accepted: number[];
  /** Products with what was on their shelves before anybody bought. */
  opening: Map<number, number>;
}

/** Promises about the data; each finding is a line that names what is wrong. */
export const PROMISES = ['lost', 'duplicated', 'oversold', 'drift'] as const;
/** Promises about the end: nothing is left to do, and everybody was told. */
export const PROMISES_AT_REST = ['stuck', 'unsent', 'untold', 'mails'] as const;
export type Promised = (typeof PROMISES)[number] | (typeof PROMISES_AT_REST)[number];

export type Findings = Record<Promised, string[]>;

export interface Ledger {
  accepted: number;
  orders: number;
  processed: number;
  rejected: number;
  cancelled: number;
  findings: Findings;
  /** Second and further copies of a mail; each is excused by a disruption, or is a finding. */
  duplicateMails: number;
}

const GIVEN = `WITH told AS (SELECT * FROM unnest($1::bigint[]) AS told (order_id)),
  opening AS (SELECT * FROM unnest($2::bigint[], $3::integer[]) AS opening (product_id, quantity)),
  sold AS (
    SELECT order_id, product_id, -sum(quantity)::int AS quantity, count(*)::int AS times
    FROM movements WHERE kind = 'sale' GROUP BY order_id, product_id
  )`;

/** Each query finds what must not be, as lines of text. Ours, and not the code's under test. */
const QUERIES: [Exclude<Promised, 'untold' | 'mails'>, string][] = [
  [
    'lost',
    `SELECT 'order ' || order_id || ' was accepted and is not there' AS line
     FROM told WHERE NOT EXISTS (SELECT 1 FROM orders WHERE orders.id = told.order_id)`,
  ],
  [
    'duplicated',
    `SELECT 'order ' || order_id || ' took product ' || product_id || ' off the shelf ' || times || ' times' AS line
     FROM sold WHERE times > 1`,
  ],
  [
    'duplicated',
    `SELECT 'order ' || order_id || ' became ' || step || ' ' || count(*) || ' times' AS line
     FROM order_timeline WHERE step <> 'notified' GROUP BY order_id, step HAVING count(*) > 1`,
  ],
  [
    'duplicated',
    `SELECT 'order ' || order_id || ' has ' || count(*) || ' records of one mail, ' || kind AS line
     FROM notifications WHERE order_id IS NOT NULL GROUP BY order_id, kind, recipient HAVING count(*) > 1`,
  ],
  [
    'duplicated',
    `SELECT 'movement ' || movement_id || ' has ' || count(*) || ' records of one mail, ' || kind AS line
     FROM notifications WHERE movement_id IS NOT NULL GROUP BY movement_id, kind, recipient HAVING count(*) > 1`,
  ],
  [
    'duplicated',
    `SELECT customer_email || ' ordered once and has ' || count(*) || ' orders' AS line
     FROM orders GROUP BY customer_email HAVING count(*) > 1`,
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
    'drift',
    `SELECT 'product ' || product_id || ': ' || quantity || ' at first is not ' || on_hand || ' on hand and ' || sold
       || ' sold' AS line
     FROM (
       SELECT product_id, opening.quantity, on_hand, (
         SELECT coalesce(sum(sold.quantity), 0)::int FROM sold WHERE sold.product_id = opening.product_id
       ) AS sold
       FROM opening LEFT JOIN stock USING (product_id)
     ) AS each WHERE on_hand + sold IS DISTINCT FROM quantity`,
  ],
  [
    'drift',
    `SELECT 'product ' || product_id || ': ' || reserved || ' reserved, and ' || held || ' held' AS line
     FROM (
       SELECT product_id, reserved, (
         SELECT coalesce(sum(quantity), 0)::int FROM reservations
         WHERE reservations.product_id = stock.product_id AND status = 'active'
       ) AS held
       FROM stock
     ) AS each WHERE reserved <> held`,
  ],
  [
    'drift',
    `SELECT 'movement ' || id || ' says ' || balance_after || ' are left, and ' || balance || ' are' AS line
     FROM (
       SELECT id, balance_after, sum(quantity) OVER (PARTITION BY product_id ORDER BY id) AS balance FROM movements
     ) AS each WHERE balance_after <> balance`,
  ],
  [
    'drift',
    `SELECT 'product ' || product_id || ': the books end at ' || balance_after || ', on hand are ' || on_hand AS line
     FROM stock JOIN (
       SELECT DISTINCT ON (product_id) product_id, balance_after FROM movements ORDER BY product_id, id DESC
     ) AS last USING (product_id) WHERE balance_after <> on_hand`,
  ],
  [
    'drift',
    `SELECT 'order ' || orders.id || ' is processed, but of product ' || line.product_id || ' it sold '
       || coalesce(sold.quantity, 0) || ' for ' || line.quantity || ', its reservation is '
       || coalesce(reservation.status, 'missing') AS line
     FROM orders JOIN order_lines line ON line.order_id = orders.id
     LEFT JOIN sold ON sold.order_id = orders.id AND sold.product_id = line.product_id
     LEFT JOIN reservations reservation
       ON reservation.order_id = orders.id AND reservation.product_id = line.product_id
     WHERE orders.status = 'processed' AND (sold.quantity IS DISTINCT FROM line.quantity
       OR reservation.quantity IS DISTINCT FROM line.quantity OR reservation.status IS DISTINCT FROM 'committed')`,
  ],
  [
    'drift',
    `SELECT 'order ' || orders.id || ' is ' || orders.status || ', and holds product ' || reservation.product_id
       || ' (' || reservation.status || ')' AS line
     FROM orders JOIN reservations reservation ON reservation.order_id = orders.id
     WHERE orders.status NOT IN ('processed', 'reserved') AND reservation.status IN ('active', 'committed')`,
  ],
  [
    'drift',
    `SELECT 'order ' || orders.id || ' is ' || orders.status || ', and product ' || sold.product_id || ' is sold' AS line
     FROM orders JOIN sold ON sold.order_id = orders.id WHERE orders.status <> 'processed'`,
  ],
  [
    'stuck',
    `SELECT 'order ' || id || ' is ' || status || ' since ' || updated_at AS line
     FROM orders WHERE status NOT IN ('processed', 'rejected', 'cancelled')`,
  ],
  ['unsent', `SELECT event || ' of ' || created_at || ' waits in the outbox' AS line FROM outbox`],
];

/** The data at one moment, which may be in the middle of the work: `PROMISES` hold at any. */
export async function drawLedger(sql: Sql, { accepted, opening }: Facts): Promise<Ledger> {
  const findings = Object.fromEntries(
    [...PROMISES, ...PROMISES_AT_REST].map((promised) => [promised, [] as string[]]),
  ) as Findings;
  const given = [accepted, [...opening.keys()], [...opening.values()]];
  for (const [promised, query] of QUERIES) {
    // Every query is given all the facts, so it has to name them all.
    const facts = `SELECT * FROM (${query}) AS found WHERE cardinality($1::bigint[]) + cardinality($2::bigint[]) + cardinality($3::integer[]) >= 0`;
    const rows = (await sql(`${GIVEN} ${facts}`, given)) as { line: string }[];
    // Not as arguments of a push, of which there can't be more than 100,000 or so.
    for (const { line } of rows) findings[promised].push(line);
  }
  const [count] = (await sql(
    `SELECT count(*)::int AS orders, count(*) FILTER (WHERE status = 'processed')::int AS processed,
            count(*) FILTER (WHERE status = 'rejected')::int AS rejected,
            count(*) FILTER (WHERE status = 'cancelled')::int AS cancelled FROM orders`,
    [],
  )) as Pick<Ledger, 'orders' | 'processed' | 'rejected' | 'cancelled'>[];
  return { accepted: accepted.length, ...count!, findings, duplicateMails: 0 };
}

export interface MailFacts {
  mails: Mail[];
  /** When a sender died or was without its database, in milliseconds. */
  disruptions: { from: number; to: number }[];
  /** What the end of a Message-ID is. */
  domain: string;
  /** Recipients that the mail server refuses for good. */
  refused: RegExp;
}

interface Notified {
  id: number;
  order_id: number | null;
  recipient: string;
  state: string;
}

/** Everybody who is to be told was told, of nothing else, and twice only where it could not be known any more. */
export async function drawMails(
  sql: Sql,
  { mails, disruptions, domain, refused }: MailFacts,
): Promise<Pick<Findings, 'untold' | 'mails'> & { duplicateMails: number }> {
  const untold = (await sql(
    `SELECT 'order ' || id || ' is ' || status || ', and no mail is on record' AS line FROM orders
     WHERE status IN ('processed', 'rejected', 'cancelled')
       AND NOT EXISTS (SELECT 1 FROM notifications WHERE order_id = orders.id AND kind = 'order_' || orders.status)`,
    [],
  )) as { line: string }[];
  const records = (await sql(
    'SELECT id::int, order_id::int, recipient, state FROM notifications ORDER BY id',
    [],
  )) as Notified[];
  const found = { untold: untold.map(({ line }) => line), mails: [] as string[], duplicateMails: 0 };
  const copies = new Map<string, Mail[]>();
  for (const mail of mails) copies.set(mail.messageId, [...(copies.get(mail.messageId) ?? []), mail]);
  for (const { id, order_id, recipient, state } of records) {
    const messageId = `<notification-${id}@${domain}>`;
    const sent = copies.get(messageId) ?? [];
    copies.delete(messageId);
    const about = `notification ${id}${order_id === null ? '' : ` of order ${order_id}`}`;
    if (state === 'pending') found.untold.push(`${about} is still to be sent`);
    if (state === 'sent' && sent.length === 0) found.untold.push(`${about} is noted as sent, and never came`);
    if (state === 'failed' && !refused.test(recipient))
      found.untold.push(`${about} was given up, and nobody refused it`);
    if (sent.some(({ to }) => to !== recipient)) found.mails.push(`${about} went to somebody else`);
    for (const { at: since } of sent.slice(0, -1)) {
      found.duplicateMails += 1;
      const excused = disruptions.some(
        ({ from, to }) => from <= since + SEND_WINDOW_MS && to >= since - CLOCK_MS,
      );
      if (!excused) found.mails.push(`${about} came once more, and nothing had happened`);
    }
  }
  for (const messageId of copies.keys()) found.mails.push(`${messageId} came, and is not on record`);
  return found;
}

/** We note a mail when its last byte is read, which may be a moment after its sender was killed. */
const CLOCK_MS = 1_000;
/** From the mail server's answer to the sender's own note of it, on a busy machine. */
const SEND_WINDOW_MS = 5_000;
