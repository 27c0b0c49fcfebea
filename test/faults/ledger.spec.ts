import pg from 'pg';
import { createDatabase } from '../support/database.js';
import type { GuaranteeName } from './guarantees.js';
import { checkLedger, type LedgerFacts } from './ledger.js';
import { checkMails } from './mail-ledger.js';

/**
 * Product 1 had 10 units. Order 1 bought 2. Order 2 was for 100 and was rejected. Order 3 has 3 reserved. Order 4 is
 * pending.
 */
const CONSISTENT_DATA = `
  INSERT INTO products (id, sku, name, price, currency) VALUES (1, 'A', 'A', 100, 'BRL');
  INSERT INTO stock VALUES (1, 8, 3);
  INSERT INTO orders (id, customer_name, customer_email, locale, status, currency, total, rejection) VALUES
    (1, 'Ana', 'one@x.example', 'en', 'processed', 'BRL', 200, NULL),
    (2, 'Ana', 'two@x.example', 'en', 'rejected', 'BRL', 200, '[]'),
    (3, 'Ana', 'three@x.example', 'en', 'reserved', 'BRL', 200, NULL),
    (4, 'Ana', 'four@x.example', 'en', 'pending', 'BRL', 200, NULL);
  INSERT INTO order_lines VALUES (1, 1, 1, 'A', 'A', 2, 100), (2, 1, 1, 'A', 'A', 100, 100),
    (3, 1, 1, 'A', 'A', 3, 100), (4, 1, 1, 'A', 'A', 1, 100);
  INSERT INTO order_timeline (order_id, step) VALUES (1, 'pending'), (1, 'reserved'), (1, 'processed'), (2, 'rejected');
  INSERT INTO reservations VALUES (1, 1, 2, 'committed'), (3, 1, 3, 'active');
  INSERT INTO movements (product_id, order_id, kind, quantity, balance_after, reason) VALUES
    (1, NULL, 'receipt', 10, 10, 'opening'), (1, 1, 'sale', -2, 8, 'order 1');
  INSERT INTO notifications (order_id, kind, recipient, locale, state, sent_at) VALUES
    (1, 'order_processed', 'one@x.example', 'en', 'sent', now()), (2, 'order_rejected', 'two@x.example', 'en', 'sent', now());
  -- Constraints of the database are dropped, so that the ledger has violations to find.
  ALTER TABLE reservations DROP CONSTRAINT reservations_status_check;
  ALTER TABLE stock DROP CONSTRAINT stock_check, DROP CONSTRAINT stock_on_hand_check;
  DROP INDEX notifications_subject_once;
  ALTER TABLE movements DROP CONSTRAINT movements_balance_after_check;
  ALTER TABLE movements DISABLE TRIGGER movements_append_only;
  DROP INDEX movements_sold_once;
`;

const FACTS: LedgerFacts = {
  accepted: [1, 2, 3, 4],
  refused: ['refused@x.example'],
  openingStock: new Map([[1, 10]]),
};
const MAILS = [
  { at: 1_000, to: 'one@x.example', messageId: '<notification-1@x.example>' },
  { at: 2_000, to: 'two@x.example', messageId: '<notification-2@x.example>' },
];
const MAIL_FACTS = {
  mails: MAILS,
  disruptions: [] as { from: number; to: number }[],
  domain: 'x.example',
  refused: /^refused/,
};

/** Orders 3 and 4 are in progress, which counts as stuck. */
const FINDINGS_BEFORE: Partial<Record<GuaranteeName, number>> = { stuck: 2 };

describe('The ledger', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let client: pg.Client;
  beforeAll(async () => {
    database = await createDatabase();
    client = new pg.Client(database.url);
    await client.connect();
    await client.query(CONSISTENT_DATA);
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });
  beforeEach(() => client.query('BEGIN'));
  afterEach(() => client.query('ROLLBACK'));

  const sql = async (text: string, values: unknown[]) => (await client.query(text, values)).rows as unknown[];
  const countFindings = async (facts = FACTS) => {
    const { findings } = await checkLedger(sql, facts);
    return Object.fromEntries(
      Object.entries(findings)
        .map(([guarantee, lines]) => [guarantee, lines.length] as const)
        .filter(([, count]) => count > 0),
    );
  };

  it('finds only the orders in progress in consistent data', async () => {
    const ledger = await checkLedger(sql, FACTS);
    expect(ledger).toMatchObject({ accepted: 4, orders: 4, processed: 1, rejected: 1, cancelled: 0 });
    expect(await countFindings()).toEqual(FINDINGS_BEFORE);
    expect(await checkMails(sql, MAIL_FACTS)).toEqual({
      unnotified: [],
      'wrong mails': [],
      duplicateMails: 0,
    });
  });

  it.each(['released', 'expired'])('accepts a cancelled order whose reservation is %s', async (status) => {
    await client.query(`UPDATE orders SET status = 'cancelled', cancellation = 'expired' WHERE id = 3`);
    await client.query(`UPDATE reservations SET status = $1 WHERE order_id = 3`, [status]);
    await client.query('UPDATE stock SET reserved = 0');
    expect(await countFindings()).toEqual({ stuck: 1 });
  });

  /** Order 1 is shipped in two parts, and one of its two units came back and is on hand again. */
  const FULFILLED = `
    UPDATE orders SET status = 'partially_returned', shipment_status = 'partially_returned' WHERE id = 1;
    INSERT INTO order_timeline (order_id, step) VALUES (1, 'partially_shipped'), (1, 'shipped'), (1, 'partially_returned');
    INSERT INTO shipments (id, order_id, awaits_completion) VALUES (1, 1, false), (2, 1, false);
    INSERT INTO shipment_lines VALUES (1, 1, 1, 1), (2, 1, 1, 1);
    INSERT INTO returns (id, order_id, reason, restocked, amount) VALUES (1, 1, 'broken', true, 100);
    INSERT INTO return_lines VALUES (1, 1, 1, 1);
    UPDATE order_lines SET shipped = 2, returned = 1 WHERE order_id = 1;
    UPDATE stock SET on_hand = 9;
    INSERT INTO movements (product_id, order_id, kind, quantity, balance_after, reason) VALUES (1, 1, 'return', 1, 9, 'return 1');
    INSERT INTO notifications (order_id, subject_id, kind, recipient, locale) VALUES
      (1, 1, 'order_shipped', 'one@x.example', 'en'), (1, 2, 'order_shipped', 'one@x.example', 'en');`;

  it('accepts an order that is shipped in parts and partly returned', async () => {
    await client.query(FULFILLED);
    expect(await countFindings()).toEqual(FINDINGS_BEFORE);
  });

  it.each<[string, string, Partial<Record<GuaranteeName, number>>]>([
    [
      'a mail about a shipment that was recorded twice',
      `INSERT INTO notifications (order_id, subject_id, kind, recipient, locale)
       VALUES (1, 2, 'order_shipped', 'one@x.example', 'en')`,
      { duplicated: 1 },
    ],
    [
      'a shipment without its units',
      'DELETE FROM shipment_lines WHERE shipment_id = 2',
      { discrepancies: 1 },
    ],
    ['a return without its units', 'DELETE FROM return_lines', { discrepancies: 1 }],
    [
      'a returned unit that is on hand again and should not be',
      'UPDATE returns SET restocked = false',
      { discrepancies: 1 },
    ],
    [
      'a returned unit that is not on hand again',
      `DELETE FROM movements WHERE kind = 'return'; UPDATE stock SET on_hand = 8`,
      { discrepancies: 1 },
    ],
    [
      'a status that does not match the shipped units',
      `UPDATE orders SET status = 'processed', shipment_status = NULL WHERE id = 1`,
      { discrepancies: 1 },
    ],
    [
      'a status that does not match the returned units',
      `UPDATE orders SET status = 'returned', shipment_status = 'returned' WHERE id = 1`,
      { discrepancies: 1 },
    ],
  ])('finds %s', async (_, violation, expected) => {
    await client.query(FULFILLED);
    await client.query(violation);
    expect(await countFindings()).toEqual({ ...FINDINGS_BEFORE, ...expected });
  });

  it('finds an accepted order that does not exist', async () => {
    expect(await countFindings({ ...FACTS, accepted: [1, 2, 3, 4, 5] })).toEqual({
      ...FINDINGS_BEFORE,
      lost: 1,
    });
  });

  it('finds an order whose request was refused', async () => {
    expect(await countFindings({ ...FACTS, refused: ['refused@x.example', 'three@x.example'] })).toEqual({
      ...FINDINGS_BEFORE,
      'false refusals': 1,
    });
  });

  it.each<[string, string, Partial<Record<GuaranteeName, number>>]>([
    [
      'a sale that was made twice',
      `INSERT INTO movements (product_id, order_id, kind, quantity, balance_after, reason) VALUES (1, 1, 'sale', -2, 6, 'again');
       UPDATE stock SET on_hand = 6`,
      { duplicated: 1, discrepancies: 1 }, // sold 4 instead of 2
    ],
    [
      'an order step that was made twice',
      `INSERT INTO order_timeline (order_id, step) VALUES (1, 'processed')`,
      { duplicated: 1 },
    ],
    [
      'an order notification that was recorded twice',
      `INSERT INTO notifications (order_id, kind, recipient, locale) VALUES (1, 'order_processed', 'one@x.example', 'en')`,
      { duplicated: 1 },
    ],
    [
      'a low-stock notification that was recorded twice',
      `INSERT INTO notifications (movement_id, kind, recipient, locale) SELECT id, 'low_stock', 's@x.example', 'en'
       FROM movements, generate_series(1, 2) WHERE kind = 'sale'`,
      { duplicated: 1 },
    ],
    [
      'an order that was stored twice',
      `UPDATE orders SET customer_email = 'four@x.example' WHERE id = 3`,
      { duplicated: 1 },
    ],
    ['more units reserved than on hand', `UPDATE stock SET reserved = 9`, { oversold: 1, discrepancies: 1 }],
    [
      'more units sold than the opening stock',
      `INSERT INTO movements (product_id, order_id, kind, quantity, balance_after, reason) VALUES (1, 3, 'sale', -9, -1, 'too much');
       UPDATE stock SET on_hand = -1`,
      { oversold: 2, discrepancies: 1 },
    ],
    ['missing units', `UPDATE stock SET on_hand = 7`, { discrepancies: 2 }],
    ['a missing product', `DELETE FROM stock`, { discrepancies: 1 }],
    ['reserved units without a reservation', `UPDATE stock SET reserved = 4`, { discrepancies: 1 }],
    [
      'a wrong balance of an earlier movement',
      `UPDATE movements SET balance_after = 11 WHERE kind = 'receipt'`,
      { discrepancies: 1 },
    ],
    [
      'a processed order without a sale',
      `UPDATE orders SET status = 'processed' WHERE id = 4`,
      { discrepancies: 1, stuck: 1 },
    ],
    [
      'a processed order with a sale of another quantity',
      `UPDATE order_lines SET quantity = 1 WHERE order_id = 1`,
      { discrepancies: 1 },
    ],
    [
      'a processed order with an active reservation',
      `UPDATE reservations SET status = 'active' WHERE order_id = 1; UPDATE stock SET reserved = 5`,
      { discrepancies: 1 },
    ],
    [
      'a rejected order with an active reservation',
      `UPDATE reservations SET order_id = 2 WHERE order_id = 3`,
      { discrepancies: 1 },
    ],
    [
      'a rejected order with a sale',
      // Without the foreign keys, which would reject the change.
      `SET LOCAL session_replication_role = replica; UPDATE movements SET order_id = 2 WHERE kind = 'sale'`,
      { discrepancies: 2 },
    ],
    [
      'an order that is stuck',
      `UPDATE orders SET status = 'pending' WHERE id = 1`,
      { stuck: 3, discrepancies: 2 },
    ],
    [
      'an event that was not published',
      `INSERT INTO outbox (event_id, event, source, body, leased_until) VALUES (gen_random_uuid(), 'order.created', 'api', '{}', now())`,
      { unpublished: 1 },
    ],
  ])('finds %s', async (_name, corrupt, expected) => {
    await client.query(corrupt);
    expect(await countFindings()).toEqual({ ...FINDINGS_BEFORE, ...expected });
  });

  it.each<
    [
      string,
      string,
      Partial<typeof MAIL_FACTS>,
      { unnotified: number; wrongMails: number; duplicateMails: number },
    ]
  >([
    [
      'a final order without a notification',
      'DELETE FROM notifications WHERE id = 1',
      { mails: [MAILS[1]!] },
      { unnotified: 1, wrongMails: 0, duplicateMails: 0 },
    ],
    [
      'a cancelled order with a notification of another kind',
      `UPDATE orders SET status = 'cancelled', cancellation = 'requested', rejection = NULL WHERE status = 'rejected'`,
      {},
      { unnotified: 1, wrongMails: 0, duplicateMails: 0 },
    ],
    [
      'a notification that is pending',
      `UPDATE notifications SET state = 'pending' WHERE id = 1`,
      {},
      { unnotified: 1, wrongMails: 0, duplicateMails: 0 },
    ],
    [
      'a notification recorded as sent whose mail was not received',
      '',
      { mails: [MAILS[0]!] },
      { unnotified: 1, wrongMails: 0, duplicateMails: 0 },
    ],
    [
      'a failed notification whose recipient was not refused',
      `UPDATE notifications SET state = 'failed' WHERE id = 2`,
      {},
      { unnotified: 1, wrongMails: 0, duplicateMails: 0 },
    ],
    [
      'a withheld notification',
      `UPDATE notifications SET state = 'withheld' WHERE id = 2`,
      {},
      { unnotified: 1, wrongMails: 0, duplicateMails: 0 },
    ],
    [
      'a mail to another recipient',
      `UPDATE notifications SET recipient = 'x@x.example' WHERE id = 2`,
      {},
      { unnotified: 0, wrongMails: 1, duplicateMails: 0 },
    ],
    [
      'a mail without a notification',
      'DELETE FROM notifications WHERE id = 1',
      {},
      { unnotified: 1, wrongMails: 1, duplicateMails: 0 },
    ],
    [
      'a mail that was sent twice without a disruption',
      '',
      { mails: [...MAILS, { ...MAILS[0]!, at: 9_000 }] },
      { unnotified: 0, wrongMails: 1, duplicateMails: 1 },
    ],
    [
      'no violation in a mail that was sent twice because its sender was killed',
      '',
      { mails: [...MAILS, { ...MAILS[0]!, at: 9_000 }], disruptions: [{ from: 1_500, to: 1_500 }] },
      { unnotified: 0, wrongMails: 0, duplicateMails: 1 },
    ],
    [
      'a mail that was sent twice long after a kill',
      '',
      { mails: [...MAILS, { ...MAILS[1]!, at: 9_000 }], disruptions: [{ from: 100, to: 900 }] },
      { unnotified: 0, wrongMails: 1, duplicateMails: 1 },
    ],
    [
      'a mail that was sent twice long before a kill',
      '',
      { mails: [...MAILS, { ...MAILS[1]!, at: 9_000 }], disruptions: [{ from: 8_000, to: 9_500 }] },
      { unnotified: 0, wrongMails: 1, duplicateMails: 1 },
    ],
  ])('finds %s', async (_name, corrupt, facts, expected) => {
    if (corrupt) await client.query(corrupt);
    const found = await checkMails(sql, { ...MAIL_FACTS, ...facts });
    expect({
      unnotified: found.unnotified.length,
      wrongMails: found['wrong mails'].length,
      duplicateMails: found.duplicateMails,
    }).toEqual(expected);
  });
});
