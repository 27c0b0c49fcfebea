import pg from 'pg';
import { createDatabase } from '../support/database.js';
import { drawLedger, drawMails, type Promised } from './ledger.js';

/** Product 1 had 10: order 1 bought 2, order 2 was refused 100, order 3 has 3 on reserve, order 4 is new. */
const GOOD = `
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
  -- The database's own fences are taken down, for we want to see what the ledger sees.
  ALTER TABLE stock DROP CONSTRAINT stock_check, DROP CONSTRAINT stock_on_hand_check;
  ALTER TABLE notifications DROP CONSTRAINT notifications_once;
  ALTER TABLE movements DROP CONSTRAINT movements_balance_after_check;
  ALTER TABLE movements DISABLE TRIGGER movements_append_only;
  DROP INDEX movements_sale_once;
`;

const FACTS = { accepted: [1, 2, 3, 4], opening: new Map([[1, 10]]) };
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

/** Always the same two: order 3 is on its way, and so is order 4. */
const AS_IT_WAS: Partial<Record<Promised, number>> = { stuck: 2 };

describe('The ledger', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let client: pg.Client;
  beforeAll(async () => {
    database = await createDatabase();
    client = new pg.Client(database.url);
    await client.connect();
    await client.query(GOOD);
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });
  beforeEach(() => client.query('BEGIN'));
  afterEach(() => client.query('ROLLBACK'));

  const sql = async (text: string, values: unknown[]) => (await client.query(text, values)).rows as unknown[];
  const counts = async (facts = FACTS) => {
    const { findings } = await drawLedger(sql, facts);
    return Object.fromEntries(
      Object.entries(findings)
        .map(([promised, lines]) => [promised, lines.length] as const)
        .filter(([, count]) => count > 0),
    );
  };

  it('finds nothing wrong where nothing is', async () => {
    const ledger = await drawLedger(sql, FACTS);
    expect(ledger).toMatchObject({ accepted: 4, orders: 4, processed: 1, rejected: 1, cancelled: 0 });
    expect(await counts()).toEqual(AS_IT_WAS);
    expect(await drawMails(sql, MAIL_FACTS)).toEqual({ untold: [], mails: [], duplicateMails: 0 });
  });

  it('misses an order that was accepted', async () => {
    expect(await counts({ ...FACTS, accepted: [1, 2, 3, 4, 5] })).toEqual({ ...AS_IT_WAS, lost: 1 });
  });

  it.each<[string, string, Partial<Record<Promised, number>>]>([
    [
      'a sale made twice',
      `INSERT INTO movements (product_id, order_id, kind, quantity, balance_after, reason) VALUES (1, 1, 'sale', -2, 6, 'again');
       UPDATE stock SET on_hand = 6`,
      { duplicated: 1, drift: 1 }, // sold 4 for 2
    ],
    [
      'a step made twice',
      `INSERT INTO order_timeline (order_id, step) VALUES (1, 'processed')`,
      { duplicated: 1 },
    ],
    [
      'a mail recorded twice',
      `INSERT INTO notifications (order_id, kind, recipient, locale) VALUES (1, 'order_processed', 'one@x.example', 'en')`,
      { duplicated: 1 },
    ],
    [
      'an alert recorded twice',
      `INSERT INTO notifications (movement_id, kind, recipient, locale) SELECT id, 'low_stock', 's@x.example', 'en'
       FROM movements, generate_series(1, 2) WHERE kind = 'sale'`,
      { duplicated: 1 },
    ],
    [
      'an order stored twice',
      `UPDATE orders SET customer_email = 'four@x.example' WHERE id = 3`,
      { duplicated: 1 },
    ],
    ['more reserved than there is', `UPDATE stock SET reserved = 9`, { oversold: 1, drift: 1 }],
    [
      'more sold than there was',
      `INSERT INTO movements (product_id, order_id, kind, quantity, balance_after, reason) VALUES (1, 3, 'sale', -9, -1, 'too much');
       UPDATE stock SET on_hand = -1`,
      { oversold: 2, drift: 1 },
    ],
    ['units that went missing', `UPDATE stock SET on_hand = 7`, { drift: 2 }],
    ['a product that went missing', `DELETE FROM stock`, { drift: 1 }],
    ['units reserved for nobody', `UPDATE stock SET reserved = 4`, { drift: 1 }],
    [
      'a balance that is wrong in the middle',
      `UPDATE movements SET balance_after = 11 WHERE kind = 'receipt'`,
      { drift: 1 },
    ],
    [
      'a processed order that sold nothing',
      `UPDATE orders SET status = 'processed' WHERE id = 4`,
      { drift: 1, stuck: 1 },
    ],
    [
      'a processed order that sold something else',
      `UPDATE order_lines SET quantity = 1 WHERE order_id = 1`,
      { drift: 1 },
    ],
    [
      'a processed order whose reservation is still held',
      `UPDATE reservations SET status = 'active' WHERE order_id = 1; UPDATE stock SET reserved = 5`,
      { drift: 1 },
    ],
    [
      'a rejected order that holds stock',
      `UPDATE reservations SET order_id = 2 WHERE order_id = 3`,
      { drift: 1 },
    ],
    [
      'a rejected order that was sold',
      // Without the foreign key that would not let it.
      `SET LOCAL session_replication_role = replica; UPDATE movements SET order_id = 2 WHERE kind = 'sale'`,
      { drift: 2 },
    ],
    [
      'an order that gets no further',
      `UPDATE orders SET status = 'pending' WHERE id = 1`,
      { stuck: 3, drift: 2 },
    ],
    [
      'an event that nobody sent',
      `INSERT INTO outbox (event_id, event, source, body, leased_until) VALUES (gen_random_uuid(), 'order.created', 'api', '{}', now())`,
      { unsent: 1 },
    ],
  ])('finds %s', async (_what, corrupt, found) => {
    await client.query(corrupt);
    expect(await counts()).toEqual({ ...AS_IT_WAS, ...found });
  });

  it.each<
    [string, string, Partial<typeof MAIL_FACTS>, { untold: number; mails: number; duplicateMails: number }]
  >([
    [
      'an order that nobody is to be told of',
      'DELETE FROM notifications WHERE id = 1',
      { mails: [MAILS[1]!] },
      { untold: 1, mails: 0, duplicateMails: 0 },
    ],
    [
      'a cancelled order whose mail says otherwise',
      `UPDATE orders SET status = 'cancelled', cancellation = 'requested', rejection = NULL WHERE status = 'rejected'`,
      {},
      { untold: 1, mails: 0, duplicateMails: 0 },
    ],
    [
      'a mail still to be sent',
      `UPDATE notifications SET state = 'pending' WHERE id = 1`,
      {},
      { untold: 1, mails: 0, duplicateMails: 0 },
    ],
    [
      'a mail noted as sent that never came',
      '',
      { mails: [MAILS[0]!] },
      { untold: 1, mails: 0, duplicateMails: 0 },
    ],
    [
      'a mail given up that nobody refused',
      `UPDATE notifications SET state = 'failed' WHERE id = 2`,
      {},
      { untold: 1, mails: 0, duplicateMails: 0 },
    ],
    [
      'a mail to somebody else',
      `UPDATE notifications SET recipient = 'x@x.example' WHERE id = 2`,
      {},
      { untold: 0, mails: 1, duplicateMails: 0 },
    ],
    [
      'a mail of nothing',
      'DELETE FROM notifications WHERE id = 1',
      {},
      { untold: 1, mails: 1, duplicateMails: 0 },
    ],
    [
      'a mail that came twice for no reason',
      '',
      { mails: [...MAILS, { ...MAILS[0]!, at: 9_000 }] },
      { untold: 0, mails: 1, duplicateMails: 1 },
    ],
    [
      'a mail that came twice because its sender was killed',
      '',
      { mails: [...MAILS, { ...MAILS[0]!, at: 9_000 }], disruptions: [{ from: 1_500, to: 1_500 }] },
      { untold: 0, mails: 0, duplicateMails: 1 },
    ],
    [
      'a mail that came twice after a kill long before',
      '',
      { mails: [...MAILS, { ...MAILS[1]!, at: 9_000 }], disruptions: [{ from: 100, to: 900 }] },
      { untold: 0, mails: 1, duplicateMails: 1 },
    ],

    [
      'a mail that came twice after a kill long after',
      '',
      { mails: [...MAILS, { ...MAILS[1]!, at: 9_000 }], disruptions: [{ from: 8_000, to: 9_500 }] },
      { untold: 0, mails: 1, duplicateMails: 1 },
    ],
  ])('finds %s', async (_what, corrupt, facts, { untold, mails, duplicateMails }) => {
    if (corrupt) await client.query(corrupt);
    const found = await drawMails(sql, { ...MAIL_FACTS, ...facts });
    expect([found.untold.length, found.mails.length, found.duplicateMails]).toEqual([
      untold,
      mails,
      duplicateMails,
    ]);
  });
});
