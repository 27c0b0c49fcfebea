import type { Problem } from '@estoque/platform';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { System } from '../support/system.js';
import { until } from '../support/until.js';

interface Letter {
  id: number;
  reason: string;
  state: string;
  times: number;
  body_text: string;
  body_base64: string;
  actions: { action: string; by: string; at: string }[];
}

describe('Operations', () => {
  let system: System;
  beforeAll(async () => void (system = await System.start()));
  afterAll(() => system.stop());

  const cli = (...args: string[]) => {
    const script = join(process.cwd(), 'dist/apps/api/src/operations/cli.js');
    const env = { PATH: process.env.PATH, DATABASE_URL: system.database.url, RABBITMQ_URL: system.vhost.url };
    return spawnSync(process.execPath, [script, ...args], { env, cwd: tmpdir(), encoding: 'utf8' });
  };
  const letter = async (id: number) => (await system.call<Letter>('GET', `/v1/dead-letters/${id}`)).body;

  /** A message for an order that isn't there yet, parked after its tries. */
  async function park(order_id: number, product_id: number): Promise<Letter> {
    const items = [{ product_id, quantity: 1 }];
    await system.externalClient.publish('order.created', {
      event: 'order.created',
      order_id,
      items,
      mood: 'good',
    });
    const found = await until('the letter', async () => {
      const { body } = await system.call<{ data: Letter[] }>(
        'GET',
        '/v1/dead-letters?state=open&queue=order_queue&event=order.created&reason=order_not_found&limit=1',
      );
      return body.data[0];
    });
    return letter(found.id);
  }

  /** The order that the message spoke of, stored without an event. */
  async function store(id: number, product_id: number) {
    await system.sql(
      `INSERT INTO orders (id, customer_name, customer_email, locale, currency, total) VALUES ($1, 'Ana', 'ana@example.com', 'en', 'BRL', 1250)`,
      [id],
    );
    await system.sql(
      `INSERT INTO order_lines (order_id, product_id, position, sku, name, quantity, unit_price) VALUES ($1, $2, 1, 'S', 'S', 1, 1250)`,
      [id, product_id],
    );
  }

  it('a dead letter is read byte for byte, replayed as it was, and both are on record', async () => {
    const product_id = await system.product(5);
    const parked = await park(5_001, product_id);
    expect(Buffer.from(parked.body_base64, 'base64').toString()).toBe(parked.body_text);
    expect(JSON.parse(parked.body_text)).toMatchObject({ order_id: 5_001, mood: 'good' });
    await store(5_001, product_id);

    const { status, body } = await system.call<Letter>('POST', `/v1/dead-letters/${parked.id}/replay`, {
      by: 'ana',
    });
    expect([status, body.state]).toEqual([200, 'replayed']);
    expect(body.actions).toMatchObject([{ action: 'replayed', by: 'ana' }]);
    await system.orderIn('processed', 5_001);
    const again = await system.call<Problem>('POST', `/v1/dead-letters/${parked.id}/replay`, { by: 'ana' });
    expect([again.status, again.body.code]).toEqual([409, 'dead_letter_closed']);
  });

  it('one that is replayed in vain is the same letter, parked again', async () => {
    const product_id = await system.product(1);
    const parked = await park(5_002, product_id);
    await system.call('POST', `/v1/dead-letters/${parked.id}/replay`, { by: 'ana' });
    const back = await until('it to be back', async () => {
      const now = await letter(parked.id);
      return now.times === 2 && now;
    });
    expect(back).toMatchObject({ state: 'open', actions: [{ action: 'replayed', by: 'ana' }] });
    const { body } = await system.call<Letter>('POST', `/v1/dead-letters/${parked.id}/discard`, {
      by: 'rui',
    });
    expect(body.state).toBe('discarded');
    expect(body.actions.map(({ by }) => by)).toEqual(['ana', 'rui']);
  });

  it('all that fit a filter are replayed or discarded in one go', async () => {
    for (const text of ['one', 'two', 'three'])
      await system.externalClient.publish('order.created', Buffer.from(text));
    const filter = { reason: 'invalid_json' };
    await until('three letters', async () => {
      const { body } = await system.call<{ data: Letter[] }>(
        'GET',
        '/v1/dead-letters?state=open&reason=invalid_json',
      );
      return body.data.length === 3;
    });
    const { body } = await system.call('POST', '/v1/dead-letters/discard', { by: 'ana', filter });
    expect(body).toEqual({ done: 3, remaining: 0 });
    expect((await system.call('POST', '/v1/dead-letters/discard', { by: 'ana', filter })).body).toEqual({
      done: 0,
      remaining: 0,
    });
  });

  it('refuses an action by nobody, an unknown filter and a letter that is not there', async () => {
    const nobody = await system.call<Problem>('POST', '/v1/dead-letters/1/replay', {});
    expect([nobody.status, nobody.body.errors[0]?.pointer]).toEqual([422, '/by']);
    const unknown = await system.call<Problem>('POST', '/v1/dead-letters/replay', {
      by: 'ana',
      filter: { colour: 'red' },
    });
    expect([unknown.status, unknown.body.errors[0]?.pointer]).toEqual([422, '/filter/colour']);
    const missing = await system.call<Problem>('POST', '/v1/dead-letters/999999/discard', { by: 'ana' });
    expect([missing.status, missing.body.code]).toEqual([404, 'dead_letter_not_found']);
  });

  it('the command line lists, shows, replays and discards', async () => {
    const product_id = await system.product(1);
    const parked = await park(5_003, product_id);
    await store(5_003, product_id);
    expect(cli('dead-letters', 'list', '--state', 'open').stdout).toContain(
      `#${parked.id}  open  order_queue`,
    );
    expect(JSON.parse(cli('dead-letters', 'show', String(parked.id)).stdout)).toMatchObject({
      id: parked.id,
      body_text: parked.body_text,
    });
    expect(cli('dead-letters', 'replay').stderr).toContain('Say which');
    const replayed = cli('dead-letters', 'replay', String(parked.id), '--by', 'ops');
    expect([replayed.status, replayed.stdout]).toEqual([0, `#${parked.id} replayed\n`]);
    await system.orderIn('processed', 5_003);
    expect((await letter(parked.id)).actions).toMatchObject([{ action: 'replayed', by: 'ops' }]);
    const twice = cli('dead-letters', 'discard', String(parked.id));
    expect([twice.status, twice.stderr]).toEqual([1, `Dead letter ${parked.id} is replayed already.\n`]);
  }, 120_000);

  it('finds the dead letters of an order in the API and the command line, and none of another order', async () => {
    const product_id = await system.product(1);
    const items = [{ product_id, quantity: 1 }];
    const orderId = 5_004;
    const otherOrderId = 50_040;
    for (const order_id of [orderId, otherOrderId])
      await system.externalClient.publish('order.created', { event: 'order.created', order_id, items });
    const listed = async (order_id: number) =>
      (
        await system.call<{ data: Letter[] }>('GET', `/v1/dead-letters?state=open&order_id=${order_id}`)
      ).body.data.map(({ id }) => id);
    const [id] = await until('the dead letter of the order', async () => {
      const ids = await listed(orderId);
      return ids.length === 1 && ids;
    });
    const [otherId] = await until('the dead letter of the other order', async () => {
      const ids = await listed(otherOrderId);
      return ids.length === 1 && ids;
    });
    expect(JSON.parse((await letter(id!)).body_text)).toMatchObject({ order_id: orderId });

    const { stdout } = cli('dead-letters', 'list', '--order', String(orderId));
    expect(stdout).toContain(`#${id} `);
    expect(stdout).not.toContain(`#${otherId} `);

    const filter = { order_id: orderId };
    const discarded = await system.call('POST', '/v1/dead-letters/discard', { by: 'ana', filter });
    expect(discarded.body).toEqual({ done: 1, remaining: 0 });
    expect([await listed(orderId), await listed(otherOrderId)]).toEqual([[], [otherId]]);
    const malformed = await system.call<Problem>('GET', '/v1/dead-letters?order_id=0');
    expect([malformed.status, malformed.body.errors[0]?.pointer]).toEqual([422, '/order_id']);
  }, 120_000);

  it('the audit finds every kind of drift, and repairs none', async () => {
    const clean = await system.call('GET', '/v1/operations/audit');
    expect(clean.body).toEqual({ balanced: true, discrepancies: [] });
    const product_id = await system.product(5);
    const { id } = await system.order([{ product_id, quantity: 1 }]);
    await system.orderIn('processed', id);
    await system.sql('UPDATE stock SET on_hand = on_hand + 2, reserved = 1 WHERE product_id = $1', [
      product_id,
    ]);
    await system.sql(`UPDATE orders SET status = 'cancelled', cancellation = 'requested' WHERE id = $1`, [
      id,
    ]);
    const other = await system.product(5);
    const { id: second } = await system.order([{ product_id: other, quantity: 1 }]);
    await system.orderIn('processed', second);
    await system.sql(
      `INSERT INTO movements (product_id, kind, quantity, balance_after, reason) VALUES ($1, 'adjustment', 1, 9, 'by hand')`,
      [other],
    );
    await system.sql(`UPDATE reservations SET status = 'active' WHERE order_id = $1`, [second]);
    const drifted = [
      `balance of ${other}: 5, not 9`,
      `held of ${other}: 0, not 1`,
      `on_hand of ${other}: 5, not 4`,
      `on_hand of ${product_id}: 4, not 6`,
      `reserved of ${other}: 1, not 0`,
      `reserved of ${product_id}: 0, not 1`,
      `sold of ${product_id}: 0, not 1`,
    ];
    const { body } = await system.call<{
      balanced: boolean;
      discrepancies: Record<string, string | number>[];
    }>('GET', '/v1/operations/audit');
    expect(body.balanced).toBe(false);
    const found = body.discrepancies.map(
      (drift) => `${drift.check} of ${drift.product_id}: ${drift.expected}, not ${drift.found}`,
    );
    expect(found.toSorted()).toEqual(drifted.toSorted());
    const audit = cli('audit');
    expect(audit.status).toBe(1);
    expect(audit.stdout).toContain(`on_hand: product ${product_id}: expected 4, found 6`);
    expect((await system.call<{ balanced: boolean }>('GET', '/v1/operations/audit')).body.balanced).toBe(
      false,
    );
  });

  it('the outbox is measured', async () => {
    await until('an empty outbox', async () => {
      const { body } = await system.call('GET', '/v1/operations/outbox');
      return JSON.stringify(body) === '{"depth":0,"lag_seconds":0}';
    });
    const metrics = await (await fetch(`${system.process('api').url}/metrics`)).text();
    expect(metrics).toContain('estoque_outbox_depth 0');
    expect(metrics).toMatch(/^estoque_dead_letters_open \d+$/m);
  });
});
