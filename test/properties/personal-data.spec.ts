import { sqlClientOf, type SqlClient } from '@estoque/database';
import { catalogue, ErasureRunner, EXCHANGE, type KeyedRequest } from '@estoque/domain';
import {
  DeadLetterCapacity,
  DeadLetterErasure,
  DeadLetterReplay,
  DeadLetters,
  topologyOf,
  type Publisher,
} from '@estoque/messaging';
import { Metrics, type Environment } from '@estoque/platform';
import { ApiKeysService } from '../../apps/api/src/access/api-keys.service.js';
import { NotificationsService } from '../../apps/api/src/notifications/notifications.service.js';
import { FulfilmentService } from '../../apps/api/src/orders/fulfilment.service.js';
import { OrdersService } from '../../apps/api/src/orders/orders.service.js';
import { findTextInTables } from '../support/find-text.js';
import { ACTOR, runConcurrently, TestShop } from '../support/test-shop.js';

const NAME = 'Élise Personne';
const EMAIL = 'Elise.Personne@example.com';
const CUSTOMER = { id: 'customer:user:https://id.example elise', address: '203.0.113.7' };
const MAIL_LIMITS = { orders: 10, alerts: 10 };
/** What must not be found after an erasure. */
const TRACES = ['personne', 'id.example elise', '203.0.113.7'];

/** Uses the services of the api and a real PostgreSQL. There is no broker. */
describe('The erasure of a customer', () => {
  let shop: TestShop;
  let sql: SqlClient;
  let orders: OrdersService;
  let product_id: number;
  let deadLetters: DeadLetters;
  beforeAll(async () => {
    shop = await TestShop.open({ workers: 10 });
    sql = sqlClientOf(shop.dataSource);
    orders = new OrdersService(shop.unitOfWorkOf('api'), new Metrics(), { PAYMENT_GATEWAY: 'simulated' });
    const replays = new DeadLetterReplay(sql, {} as Publisher, topologyOf(EXCHANGE, catalogue));
    deadLetters = new DeadLetters(sql, replays, new DeadLetterCapacity(sql, 1_000), (addresses) =>
      shop.unitOfWork.read.erasures.isAnyErased(addresses),
    );
  });
  afterAll(() => shop.close());
  beforeEach(async () => {
    await sql.query('DELETE FROM erasures');
    await sql.query('DELETE FROM dead_letters');
    product_id = await shop.createProduct(1_000_000);
  });

  const runErasures = () =>
    new ErasureRunner(shop.unitOfWork, new DeadLetterErasure(sql)).runAll(new AbortController().signal);
  const request = (email = EMAIL) =>
    shop.unitOfWork.inTransaction(async ({ erasures }) => (await erasures.request(email)).erasure);
  const readErasure = (id: number) => shop.unitOfWork.read.erasures.get(id);
  const erase = async (email = EMAIL) => {
    const { id } = await request(email);
    await runErasures();
    return readErasure(id);
  };
  /** Runs the erasure again, although it waits. */
  const runAgain = async () => {
    await sql.query('UPDATE erasures SET leased_until = NULL');
    await runErasures();
  };
  const keyedRequest = (key: string): KeyedRequest => ({ caller: 'test', key, fingerprint: 'equal' });
  const place = async (fields: object = {}, keyed?: KeyedRequest) => {
    const customer = { name: NAME, email: EMAIL, ...fields };
    const body = {
      customer,
      locale: 'en' as const,
      items: [{ product_id, quantity: 1 }],
      reference: `order of ${NAME}`,
      metadata: { note: `call ${NAME}` },
    };
    return (await orders.place(body, CUSTOMER, keyed)).body.id;
  };
  /** Closes the order, with a mail in this state. @returns the id of the mail */
  async function close(orderId: number, mail: 'sent' | 'pending' = 'sent'): Promise<number> {
    await sql.query(
      `UPDATE orders SET status = 'processed', unconfirmed = '{}', closed_at = clock_timestamp() WHERE id = $1`,
      [orderId],
    );
    const [row] = await sql.query<{ id: number }>(
      `INSERT INTO notifications (order_id, kind, recipient, locale, state, last_error)
       SELECT id, 'order_processed', customer_email, 'en', $2, '451 <' || customer_email || '> try again later'
       FROM orders WHERE id = $1 RETURNING id`,
      [orderId, mail],
    );
    return row!.id;
  }
  /** Ships the processed order, and records a return. */
  async function fulfil(orderId: number) {
    const fulfilment = new FulfilmentService(shop.unitOfWorkOf('api'));
    await fulfilment.ship(orderId, { tracking_number: `for ${NAME}` }, { actor: ACTOR });
    const lines = [{ product_id, quantity: 1 }];
    await fulfilment.return(orderId, { lines, reason: `${NAME} says so`, restock: false }, { actor: ACTOR });
    await shop.confirmEvents(orderId);
  }

  /** A captured payment whose token and refund name the customer, as a careless caller can have them. */
  async function storePayment(orderId: number) {
    await sql.query(
      `WITH ordered AS (
         UPDATE orders SET payment_method = 'tok_' || $2 WHERE id = $1 RETURNING id, payment_method, currency, total
       ), payment AS (
         INSERT INTO payments (order_id, method, currency, amount, captured, status, next_check_at)
         SELECT id, payment_method, currency, total, total, 'captured', now() FROM ordered RETURNING id
       )
       INSERT INTO refunds (payment_id, cause, amount, reason) SELECT id, 'request', 1, 'for ' || $2 FROM payment`,
      [orderId, NAME],
    );
  }
  const placeClosed = async (fields: object = {}) => {
    const id = await place(fields);
    await close(id);
    return id;
  };
  const readOrder = async (id: number) =>
    (await sql.query<Record<string, unknown>>('SELECT * FROM orders WHERE id = $1', [id]))[0]!;
  const traces = (texts = TRACES) => findTextInTables(sql, texts);
  const storeDeadLetter = async (text: string, fields: object = {}) => {
    await deadLetters.record({
      queue: 'order_queue',
      routingKey: 'order.created',
      reason: 'bug',
      error: `cannot handle ${text}`,
      attempts: 4,
      properties: { messageId: text },
      headers: { sender: text },
      body: Buffer.from(`{"text": ${JSON.stringify(text)}}`),
      subject: {},
      ...fields,
    });
    const [row] = await sql.query<{ id: number }>('SELECT max(id) AS id FROM dead_letters');
    return row!.id;
  };
  const readDeadLetter = async (id: number) => {
    const { reason, state, body, headers } = await deadLetters.get(id);
    return { reason, state, body: body.toString(), headers };
  };
  const ERASED_LETTER = { reason: 'erased', state: 'discarded', body: '', headers: {} };

  it('leaves no trace of the person in any table, and changes nothing of others', async () => {
    const keyed = await place({}, keyedRequest('first'));
    const cancelled = await place({ email: EMAIL.toUpperCase() });
    await orders.cancel(cancelled, CUSTOMER, {
      reason: `${NAME} called`,
      keyed: keyedRequest('second'),
    });
    await sql.query(`UPDATE orders SET closed_at = clock_timestamp() WHERE id = $1`, [cancelled]);
    await close(keyed);
    await fulfil(keyed);
    const shipped = await placeClosed();
    await sql.query(`UPDATE orders SET status = 'shipped', shipment_status = 'shipped' WHERE id = $1`, [
      shipped,
    ]);
    const other = await placeClosed({ name: 'Rui', email: 'rui@example.com' });
    await storePayment(keyed);
    const before = { order: await readOrder(keyed), other: await readOrder(other) };
    expect(await traces()).toEqual([
      'audit_log',
      'idempotency_keys',
      'notifications',
      'orders',
      'payments',
      'refunds',
      'returns',
      'shipments',
    ]);
    // The other order has the name in its reference.
    await sql.query(`UPDATE orders SET reference = NULL, metadata = NULL WHERE id = $1`, [other]);

    expect(await erase()).toMatchObject({ state: 'finished', orders: 3, notifications: 2, answers: 2 });
    await sql.query(`UPDATE orders SET placed_by = 'key:1', placed_from = NULL WHERE id = $1`, [other]);
    expect(await traces()).toEqual([]);
    expect(await readOrder(keyed)).toMatchObject({
      customer_name: 'Erased',
      customer_email: 'erased@erased.invalid',
      placed_by: 'customer:erased',
      status: before.order.status,
      total: before.order.total,
      created_at: before.order.created_at,
    });
    expect(await readOrder(other)).toMatchObject({
      customer_name: 'Rui',
      customer_email: 'rui@example.com',
    });
  });

  it('erases what receivers of webhooks have answered to events of the orders, and keeps the deliveries', async () => {
    await shop.unitOfWork.inTransaction(({ webhookEndpoints }) =>
      webhookEndpoints.create('https://shop.example/', ['order.created'], 'whsec_'),
    );
    const [erased, other] = [await placeClosed(), await placeClosed({ email: 'rui@example.com' })];
    await sql.query(
      `INSERT INTO webhook_attempts (delivery_id, at, duration_ms, url, status, answer)
       SELECT id, now(), 1, 'https://shop.example/', 200, 'thanks, ' || $1 FROM webhook_deliveries`,
      [NAME],
    );
    await erase();
    const answers = await sql.query<object>(
      `SELECT order_id, answer FROM webhook_attempts JOIN webhook_deliveries delivery ON delivery.id = delivery_id
       ORDER BY order_id`,
    );
    expect(answers).toEqual([
      { order_id: erased, answer: null },
      { order_id: other, answer: `thanks, ${NAME}` },
    ]);
    await erase('rui@example.com');
    expect(await traces()).toEqual([]);
    await sql.query('DELETE FROM webhook_endpoints');
  });

  it('revokes the API keys of the customer, and deletes the quota of the mailbox', async () => {
    const keys = new ApiKeysService(shop.unitOfWork);
    const create = async (customer_email: string) =>
      (await keys.create({ name: `key of ${customer_email}`, role: 'customer', customer_email }, ACTOR))
        .stored.id;
    const [valid, revoked, other] = [
      await create(EMAIL),
      await create(EMAIL),
      await create('rui@example.com'),
    ];
    await keys.revoke(revoked, ACTOR);
    await shop.unitOfWork.inTransaction(async ({ mailQuotas }) => {
      for (const email of [EMAIL, 'rui@example.com']) await mailQuotas.count(email, false, MAIL_LIMITS);
      await mailQuotas.count(EMAIL, true, MAIL_LIMITS);
    });
    const { id } = await erase();
    expect(await traces(['personne'])).toEqual([]);
    const read = (key: number) => shop.unitOfWork.read.apiKeys.get(key);
    expect([(await read(valid)).revoked_at, (await read(other)).revoked_at]).toEqual([
      expect.any(Date),
      null,
    ]);
    expect((await read(other)).customer_email).toBe('rui@example.com');
    const entries = await shop.unitOfWork.read.auditLog.list({ action: 'api_key.revoked', limit: 10 });
    expect(entries.map(({ actor, object_id }) => [actor, object_id])).toEqual([
      [`erasure:${id}`, String(valid)],
      [ACTOR.id, String(revoked)],
    ]);
    const quotas = await sql.query<object>('SELECT for_alerts FROM mail_quotas ORDER BY for_alerts');
    expect(quotas).toEqual([{ for_alerts: false }, { for_alerts: true }]);
  });

  it('keeps who placed the order, unless that was the customer', async () => {
    const id = await placeClosed();
    await sql.query(`UPDATE orders SET placed_by = 'key:9', placed_from = '192.0.2.1' WHERE id = $1`, [id]);
    await erase();
    expect(await readOrder(id)).toMatchObject({ placed_by: 'key:9', placed_from: '192.0.2.1' });
  });

  it('is refused while an order is not finished', async () => {
    const id = await place();
    await expect(request()).rejects.toThrow(`Order ${id} of the customer`);
    await orders.cancel(id, ACTOR);
    // The cancellation is not confirmed yet: the mail has to be recorded first.
    const erasure = await erase();
    expect(erasure).toMatchObject({ state: 'running', orders: 0 });
    await sql.query('UPDATE orders SET closed_at = clock_timestamp() WHERE id = $1', [id]);
    await runAgain();
    expect(await readErasure(erasure.id)).toMatchObject({ state: 'finished', orders: 1 });
  });

  it('waits for a mail that is being sent, and withholds one that waits', async () => {
    const [sending, waiting] = [await place(), await place()];
    const [sendingMail, waitingMail] = [await close(sending, 'pending'), await close(waiting, 'pending')];
    await sql.query(
      `UPDATE notifications SET leased_until = clock_timestamp() + interval '1 minute' WHERE id = $1`,
      [sendingMail],
    );
    const { id } = await erase();
    expect(await readErasure(id)).toMatchObject({ state: 'running', orders: 1 });
    expect((await readOrder(sending)).customer_name).toBe(NAME);
    const [withheld] = await sql.query<object>('SELECT state, recipient FROM notifications WHERE id = $1', [
      waitingMail,
    ]);
    expect(withheld).toEqual({ state: 'failed', recipient: 'erased@erased.invalid' });
    const environment = { MAILS_PER_RECIPIENT_PER_HOUR: 10, STOCK_ALERTS_PER_HOUR: 10 } as Environment;
    await expect(
      new NotificationsService(shop.unitOfWork, environment).resend(waitingMail, ACTOR),
    ).rejects.toThrow('was erased');

    await shop.unitOfWork.inTransaction(({ pendingNotifications }) =>
      pendingNotifications.markSent([sendingMail]),
    );
    await runAgain();
    expect(await readErasure(id)).toMatchObject({ state: 'finished', orders: 2 });
    expect(await traces(['personne'])).toEqual([]);
  });

  it('does not wait for a locked order, and delays no new one', async () => {
    const [locked, free] = [await placeClosed(), await placeClosed()];
    const { id } = await request();
    await shop.whileLocked('SELECT FROM orders WHERE id = $1 FOR UPDATE', [locked], async () => {
      await runErasures();
      expect((await readOrder(free)).customer_name).toBe('Erased');
      await place({ name: 'Rui', email: 'rui@example.com' });
    });
    expect(await readErasure(id)).toMatchObject({ state: 'running', orders: 1 });
    await runAgain();
    expect(await readErasure(id)).toMatchObject({ state: 'finished', orders: 2 });
  });

  it('is done once if several processes run it, also with more orders than a batch', async () => {
    await sql.query(
      `INSERT INTO orders (customer_name, customer_email, locale, currency, total, status, closed_at, created_at)
       SELECT $1, $2, 'en', 'BRL', 1, 'processed', now(), now() - n * interval '1 second' FROM generate_series(1, 1250) n`,
      [NAME, EMAIL],
    );
    const requested = await runConcurrently(10, () => request());
    expect(new Set(requested.map(({ id }) => id)).size).toBe(1);
    await runConcurrently(4, runErasures);
    expect(await readErasure(requested[0]!.id)).toMatchObject({ state: 'finished', orders: 1_250 });
    const [left] = await sql.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM orders WHERE customer_name = $1',
      [NAME],
    );
    expect(left!.count).toBe(0);
  });

  it('is continued by another process after a crash', async () => {
    await placeClosed();
    const { id } = await request();
    await shop.unitOfWork.inTransaction(({ erasures }) => erasures.claim());
    await runErasures();
    expect(await readErasure(id)).toMatchObject({ state: 'running', orders: 0 });
    await runAgain();
    expect(await readErasure(id)).toMatchObject({ state: 'finished', orders: 1 });
  });

  it('applies to the customers of orders that are older than the retention, in the sequence of the orders', async () => {
    await sql.query('UPDATE customer_retention SET order_id = (SELECT max(id) FROM orders)');
    const moveBack = (ids: number[]) =>
      sql.query(`UPDATE orders SET created_at = created_at - interval '40 days' WHERE id = ANY($1)`, [ids]);
    const [closed, open, later] = [await placeClosed(), await place(), await placeClosed()];
    const young = await placeClosed();
    await moveBack([closed, open, later]);
    const eraseOld = () =>
      new ErasureRunner(shop.unitOfWork, new DeadLetterErasure(sql)).eraseOlderThan(
        30,
        new AbortController().signal,
      );
    const names = async () =>
      Promise.all([closed, open, later, young].map(async (id) => (await readOrder(id)).customer_name));
    await runConcurrently(3, eraseOld);
    expect(await names()).toEqual(['Erased', NAME, 'Erased', NAME]);
    await close(open);
    await eraseOld();
    expect(await names()).toEqual(['Erased', 'Erased', 'Erased', NAME]);
    const [position] = await sql.query<object>('SELECT order_id FROM customer_retention');
    expect(position).toEqual({ order_id: later });
  });

  it('applies to the customers of API keys that ended before the retention', async () => {
    const keys = new ApiKeysService(shop.unitOfWork);
    const ids: number[] = [];
    for (const ended of ['revoked_at', 'expires_at', undefined]) {
      const request = { name: NAME, role: 'customer', customer_email: EMAIL } as const;
      const { id } = (await keys.create(request, ACTOR)).stored;
      if (ended)
        await sql.query(`UPDATE api_keys SET ${ended} = now() - interval '31 days' WHERE id = $1`, [id]);
      ids.push(id);
    }
    const eraseOld = (days: number) =>
      new ErasureRunner(shop.unitOfWork, new DeadLetterErasure(sql)).eraseOlderThan(
        days,
        new AbortController().signal,
      );
    const names = () => Promise.all(ids.map(async (id) => (await keys.get(id)).name));
    await eraseOld(32);
    expect(await names()).toEqual([NAME, NAME, NAME]);
    await eraseOld(30);
    expect(await names()).toEqual(['Erased', 'Erased', NAME]);
    await erase();
  });

  it('answers a repeated request without carrying it out again', async () => {
    const repeat = () => place({}, keyedRequest('repeated'));
    await close(await repeat());
    await erase();
    await expect(repeat()).rejects.toMatchObject({ code: 'answer_erased', httpStatus: 410 });
  });

  it('finds an address with letters that are not ASCII in upper and in lower case', async () => {
    const order = await place({ email: 'ÉLISE.Personne@example.com' }, keyedRequest('upper case'));
    await close(order);
    const id = await storeDeadLetter('ÉLISE.Personne@example.com');
    expect(await erase('élise.personne@example.com')).toMatchObject({
      orders: 1,
      answers: 1,
      dead_letters: 1,
    });
    expect(await readDeadLetter(id)).toEqual(ERASED_LETTER);
    expect((await readOrder(order)).customer_name).toBe('Erased');
    expect(await traces(['personne'])).not.toContain('idempotency_keys');
  });

  it.each([
    ['as it is', EMAIL],
    ['in upper case', EMAIL.toUpperCase()],
    ['with JSON escapes', `É ${EMAIL}`],
  ])('erases dead letters that contain the address %s', async (_, text) => {
    const id = await storeDeadLetter(text);
    const other = await storeDeadLetter('rui@example.com');
    expect(await erase()).toMatchObject({ state: 'finished', dead_letters: 1 });
    expect(await readDeadLetter(id)).toEqual(ERASED_LETTER);
    expect(await readDeadLetter(other)).toMatchObject({ reason: 'bug', state: 'open' });
    expect(await traces(['personne'])).not.toContain('dead_letters');
  });

  it('erases every part of a dead letter that a client can choose', async () => {
    const parts = { queue: EMAIL, routingKey: EMAIL, reason: EMAIL, stack: EMAIL };
    const none = { error: 'x', properties: {}, headers: {}, body: Buffer.from('{}') };
    for (const part of Object.entries(parts))
      await storeDeadLetter('x', {
        ...none,
        properties: { messageId: part[0] },
        ...Object.fromEntries([part]),
      });
    expect(await erase()).toMatchObject({ dead_letters: 4 });
    expect(await traces(['personne'])).not.toContain('dead_letters');
    // Messages that become dead letters afterwards.
    for (const part of Object.entries(parts))
      await storeDeadLetter('x', {
        ...none,
        properties: { messageId: 'late' },
        ...Object.fromEntries([part]),
      });
    expect(await traces(['personne'])).not.toContain('dead_letters');
  });

  it('erases the reasons of operators that contain the address, of dead letters and of jobs', async () => {
    const id = await storeDeadLetter('rui@example.com');
    await sql.query(
      `INSERT INTO dead_letter_actions (dead_letter_id, action, actor, reason) VALUES ($1, 'replayed', 'ana', $2)`,
      [id, `asked by ${EMAIL.toUpperCase()}`],
    );
    await sql.query(
      `INSERT INTO dead_letter_jobs (action, filter, actor, reason, total, last_id, state)
       VALUES ('replay', '{}', 'ana', $1, 0, 0, 'finished'), ('replay', '{}', 'ana', 'a test', 0, 0, 'finished')`,
      [`asked by ${EMAIL}`],
    );
    await sql.query(
      `INSERT INTO dead_letter_jobs (action, filter, actor, total, last_id, state, finished_at)
       VALUES ('replay', $1, 'search', 0, 0, 'finished', now()), ('replay', $1, 'search', 0, 0, 'pending', NULL),
              ('replay', '{"text": "sku-42"}', 'search', 0, 0, 'pending', NULL)`,
      [JSON.stringify({ text: EMAIL.toUpperCase(), reason: 'bug' })],
    );
    expect(await erase()).toMatchObject({ dead_letters: 1 });
    expect(await readDeadLetter(id)).toEqual(ERASED_LETTER);
    const searches = await sql.query(
      `SELECT filter, state, cancelled_by FROM dead_letter_jobs WHERE actor = 'search' ORDER BY id`,
    );
    expect(searches).toEqual([
      { filter: { text: 'erased', reason: 'bug' }, state: 'finished', cancelled_by: null },
      { filter: { text: 'erased', reason: 'bug' }, state: 'cancelled', cancelled_by: 'erasure' },
      { filter: { text: 'sku-42' }, state: 'pending', cancelled_by: null },
    ]);
    const reasons = await sql.query<{ reason: string | null }>(
      'SELECT reason FROM dead_letter_actions UNION ALL SELECT reason FROM dead_letter_jobs WHERE actor = $1',
      ['ana'],
    );
    expect(reasons.map(({ reason }) => reason).filter(Boolean)).toEqual(['a test']);
  });

  it('erases dead letters about an order of the customer that contain the name', async () => {
    const [own, other] = [await placeClosed(), await placeClosed({ name: 'Rui', email: 'rui@example.com' })];
    const escaped = Buffer.from('{"name": "\\u00c9lise Personne"}');
    const [plain, json, foreign] = [
      await storeDeadLetter(NAME.toUpperCase(), { subject: { order_id: own } }),
      await storeDeadLetter('x', { subject: { order_id: own }, body: escaped }),
      await storeDeadLetter(NAME, { subject: { order_id: other }, properties: { messageId: 'foreign' } }),
    ];
    await erase();
    expect(await readDeadLetter(plain)).toEqual(ERASED_LETTER);
    expect(await readDeadLetter(json)).toEqual(ERASED_LETTER);
    expect((await readDeadLetter(foreign)).state).toBe('open');
  });

  it('waits for a dead letter that is being replayed', async () => {
    const id = await storeDeadLetter(EMAIL);
    await sql.query(
      `UPDATE dead_letters SET replay_claim = 'x', replaying_until = clock_timestamp() + interval '1 minute'`,
    );
    const erasure = await erase();
    expect(erasure.state).toBe('running');
    await sql.query(`UPDATE dead_letters SET replaying_until = NULL, replay_claim = NULL`);
    await runAgain();
    expect((await readErasure(erasure.id)).state).toBe('finished');
    expect(await readDeadLetter(id)).toEqual(ERASED_LETTER);
  });

  it('applies to messages that become dead letters after it, until the customer orders again', async () => {
    await placeClosed();
    const existing = await storeDeadLetter(EMAIL);
    await erase();
    const first = await storeDeadLetter(`to ${EMAIL}.`, { properties: { messageId: 'late' } });
    expect(await readDeadLetter(first)).toEqual(ERASED_LETTER);
    // The same message once more.
    await storeDeadLetter(EMAIL);
    expect(await readDeadLetter(existing)).toEqual(ERASED_LETTER);
    expect(await traces(['personne'])).not.toContain('dead_letters');
    await place();
    const later = await storeDeadLetter(EMAIL, { properties: { messageId: 'later' } });
    expect((await readDeadLetter(later)).state).toBe('open');
  });
});
