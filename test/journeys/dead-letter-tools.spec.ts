import type { Problem } from '@estoque/platform';
import { FLOW_APPS } from '../../apps/manifest.js';
import { System } from '../support/system.js';
import { until } from '../support/until.js';

interface Page {
  data: { id: number; state: string; error: string }[];
  has_more: boolean;
  next_cursor: string | null;
}

describe('What an operator does with dead letters', () => {
  let system: System;
  beforeAll(async () => void (system = await System.start({ apps: FLOW_APPS })));
  afterAll(() => system.stop());

  const get = async <Body>(path: string) => (await system.request<Body>('GET', path)).body;
  const post = <Body>(path: string, body: object) => system.request<Body>('POST', path, body);
  const list = (query: string) => get<Page>(`/v1/dead-letters?${query}`);
  let lastId = 0;
  const nextDeadLetter = () =>
    until('a dead letter', async () => {
      const [found] = (await list('state=open')).data;
      if (!found || found.id <= lastId) return undefined;
      lastId = found.id;
      return found.id;
    });
  /** An order whose event was dead-lettered because its quantity was changed on the way. */
  async function deadLetterOrder() {
    const product_id = await system.createProduct(10);
    await system.process('order-worker').stop();
    const { id: order_id } = await system.placeOrder([{ product_id, quantity: 2 }]);
    await until('an empty outbox', async () => (await system.sql('SELECT FROM outbox')).length === 0);
    await system.externalClient.channel.purgeQueue('order_queue');
    await system.launch('order-worker').waitUntilReady();
    const items = [{ product_id, quantity: '2' }];
    await system.externalClient.publish('order.created', {
      event: 'order.created',
      order_id,
      items,
      tenant: 'Shop-42',
    });
    return { order_id, product_id, id: await nextDeadLetter() };
  }

  it('finds a message by its content, sees what a replay does, corrects the message and replays it', async () => {
    const { order_id, product_id, id } = await deadLetterOrder();
    expect((await list('text=shop-42')).data.map((found) => found.id)).toEqual([id]);
    expect((await list('text=shop-43')).data).toEqual([]);

    const path = `/v1/dead-letters/${id}`;
    const asItIs = await post<{ data: object[] }>(`${path}/dry-run`, {});
    expect(asItIs.body.data).toMatchObject([
      {
        queue: 'order_queue',
        is_answered: true,
        decision: 'dead_lettered',
        error: { code: 'broken_contract' },
      },
    ]);
    const wrong = JSON.stringify({ event: 'order.created', order_id, items: [{ product_id, quantity: -1 }] });
    expect((await post(`${path}/check-body`, { body: wrong })).body).toMatchObject({
      is_valid: false,
      violations: [{ pointer: '/items/0/quantity' }],
    });
    const body = JSON.stringify({ event: 'order.created', order_id, items: [{ product_id, quantity: 2 }] });
    expect((await post(`${path}/check-body`, { body })).body).toEqual({ is_valid: true, violations: [] });
    const { body: corrected } = await post<{ data: object[] }>(`${path}/dry-run`, { body });
    expect(corrected.data).toMatchObject([
      {
        decision: 'handled',
        outcome: 'reserved',
        order: { id: order_id, before: 'pending', after: 'reserved' },
        stock: [{ product_id, before: { reserved: 0 }, after: { reserved: 2 } }],
        events: [{ event: 'stock.reserve' }],
      },
    ]);
    expect(await system.readStock(product_id)).toMatchObject({ on_hand: 10, reserved: 0 });
    expect((await system.readOrder(order_id)).status).toBe('pending');

    const edit = { by: 'ana', reason: 'The shop sends quantities as text.', body };
    const edited = await post<{ state: string; edited_copies: number[] }>(`${path}/edit-and-replay`, edit);
    expect([edited.status, edited.body.state]).toEqual([200, 'replayed']);
    await system.waitForOrderStatus(order_id, 'processed');
    const [copy] = edited.body.edited_copies;
    expect(await get(`/v1/dead-letters/${copy}`)).toMatchObject({
      edited_from: id,
      edit_reason: edit.reason,
      body_text: body,
      state: 'replayed',
    });
    expect(await get(path)).toMatchObject({ body_text: expect.stringContaining('Shop-42') as string });
    expect(await get(path)).toMatchObject({
      stack: expect.stringMatching(/[ (]libs\/messaging\/.*\.ts:\d+/) as string,
      actions: [{ action: 'replayed', by: 'ana', reason: edit.reason }],
    });
    const { data } = await get<{ data: object[] }>(`/v1/audit-log?object=dead_letter:${id}`);
    expect(data).toMatchObject([{ action: 'dead_letter.replayed', after: { by: 'ana', edited_copy: copy } }]);
    expect(JSON.stringify(data)).not.toContain(edit.reason);
    expect(await system.sql('SELECT FROM dry_runs')).toEqual([]);
    await system.expectLedgerReconciles();
  });

  it.each([
    ['a body that is no JSON', '{', 'broken_contract'],
    ['another event', '{"event": "stock.reserve", "order_id": 1, "items": []}', 'broken_contract'],
  ])('is refused %s', async (_, body, code) => {
    await system.externalClient.publish('order.created', { event: 'order.created', order_id: body });
    const path = `/v1/dead-letters/${await nextDeadLetter()}/edit-and-replay`;
    const answer = await post<Problem>(path, { by: 'ana', reason: 'a test', body });
    expect([answer.status, answer.body.errors]).toEqual([
      422,
      [{ pointer: '/body', code, message: expect.any(String) as string }],
    ]);
    expect((await post<Problem>(path, { by: 'ana', body: '{}' })).body.errors[0]).toMatchObject({
      pointer: '/reason',
    });
  });

  it('is refused the body that the dead letter has', async () => {
    const message = { event: 'order.created', order_id: 999_999, items: [{ product_id: 1, quantity: 1 }] };
    await system.externalClient.publish('order.created', message);
    const path = `/v1/dead-letters/${await nextDeadLetter()}/edit-and-replay`;
    const edit = { by: 'ana', reason: 'a test', body: JSON.stringify(message) };
    expect((await post<Problem>(path, edit)).body.errors).toMatchObject([
      { pointer: '/body', code: 'unchanged' },
    ]);
  });

  it('closes dead letters with a reason, which the history shows, and no other answer', async () => {
    const bodies = [Buffer.from('{'), Buffer.from('[')];
    const ids: number[] = [];
    for (const body of bodies) {
      await system.externalClient.publish('order.created', body);
      ids.push(await nextDeadLetter());
    }
    const [replayed, discarded] = ids;
    const reason = 'asked by the shop';
    const answers = [
      await post<object>(`/v1/dead-letters/${replayed}/replay`, { by: 'ana', reason }),
      await post<object>(`/v1/dead-letters/${discarded}/discard`, { by: 'ana', reason }),
    ];
    for (const { status, body } of answers) {
      expect(status).toBe(200);
      expect(JSON.stringify(body)).not.toMatch(/asked|dist|libs\//);
    }
    expect(await get(`/v1/dead-letters/${discarded}`)).toMatchObject({
      actions: [{ action: 'discarded', by: 'ana', reason }],
    });
    const job = await post<{ id: number }>('/v1/dead-letters/discard', {
      by: 'rui',
      reason: 'a test',
      filter: { reason: 'invalid_json' },
    });
    expect([job.status, job.body]).toMatchObject([202, { by: 'rui', reason: 'a test' }]);
    await system.externalClient.publish('order.created', Buffer.from('{ "customer": "ana@example.com"'));
    const found = { reason: 'invalid_json', text: 'ANA@example.com' };
    await until('the dead letter with the text', async () => {
      const query = new URLSearchParams(found);
      return (await get<{ count: number }>(`/v1/dead-letters/count?${query}`)).count === 1;
    });
    const search = await post<{ id: number }>('/v1/dead-letters/discard', { by: 'rui', filter: found });
    expect([search.status, search.body]).toMatchObject([202, { total: 1, filter: found }]);
    const [entry] = (
      await get<{ data: { after: object }[] }>('/v1/audit-log?action=dead_letter_job.created&limit=1')
    ).data;
    expect(entry!.after).toEqual({
      action: 'discard',
      filter: { reason: 'invalid_json', has_text: true },
      total: 1,
      by: 'rui',
    });
    await until(
      'the job to finish',
      async () =>
        (await get<{ state: string }>(`/v1/operations/dead-letter-jobs/${search.body.id}`)).state ===
        'finished',
    );
    expect(await list(`state=open&text=${found.text}`)).toMatchObject({ data: [] });
    for (const path of [`/v1/dead-letters/${discarded}/discard`, `/v1/dead-letters/${replayed}/replay`])
      expect((await post<Problem>(path, { by: 'ana', reason: '\n' })).body.errors[0]).toMatchObject({
        pointer: '/reason',
      });
  });

  it('sees the groups, and which events of the order can be handled', async () => {
    for (const order_id of [888_001, 888_002])
      await system.externalClient.publish('order.created', {
        event: 'order.created',
        order_id,
        items: [{ product_id: 1, quantity: 1 }],
      });
    const group = await until('a group of two', async () => {
      const { data } = await get<{ data: { key: string; count: number; error_pattern: string }[] }>(
        '/v1/dead-letters/groups?reason=order_not_found',
      );
      return data.find(({ count }) => count >= 2);
    });
    expect(group.error_pattern).toBe('There is no order #.');
    expect((await list(`group=${group.key}`)).data.length).toBeGreaterThanOrEqual(2);

    const product_id = await system.createProduct(10);
    const { id: order_id } = await system.placeOrder([{ product_id, quantity: 1 }]);
    await system.waitForOrderStatus(order_id, 'processed');
    const shipped = {
      event: 'order.shipped',
      order_id,
      shipment_id: 1,
      items: [{ product_id, quantity: 1 }],
    };
    const { body } = await system.request<Page>('GET', '/v1/dead-letters?limit=1');
    await system.externalClient.publish('order.shipped', shipped);
    const id = await until('the dead letter about the order', async () => {
      const [found] = (await list(`order_id=${order_id}`)).data;
      return found && found.id > body.data[0]!.id ? found.id : undefined;
    });
    const events = await get<{ data: { event: string; position: string; is_safe: boolean }[] }>(
      `/v1/dead-letters/${id}/order-events`,
    );
    expect(events).toMatchObject({ order_id, status: 'processed' });
    expect(events.data.map(({ event, position, is_safe }) => [event, position, is_safe])).toEqual([
      ['order.created', 'earlier', true],
      ['stock.reserve', 'earlier', true],
      ['order.processed', 'earlier', true],
      ['order.shipped', 'this', false],
    ]);
  });

  it.each([
    ['GET', '/v1/dead-letters/groups?group=x', 422],
    ['GET', '/v1/dead-letters?text=', 422],
    ['GET', '/v1/dead-letters/count?text=', 422],
    ['GET', '/v1/dead-letters/count?ids=1', 422],
    ['GET', '/v1/dead-letters/0/order-events', 400],
    ['GET', '/v1/dead-letters/999999/order-events', 404],
    ['POST', '/v1/dead-letters/999999/dry-run', 404],
    ['GET', '/v1/operations/discrepancies/999999', 404],
  ])('%s %s is answered with %i', async (method, path, status) => {
    expect((await system.request(method, path, method === 'POST' ? {} : undefined)).status).toBe(status);
  });

  it('repairs a discrepancy that an audit has found', async () => {
    const product_id = await system.createProduct(5);
    await system.sql('UPDATE stock SET on_hand = 4 WHERE product_id = $1', [product_id]);
    const path = `/v1/operations/discrepancies/${product_id}`;
    expect(await get(path)).toMatchObject({ on_hand: 4, booked: 5, correction: { quantity: -1 } });
    const repair = (quantity: unknown) => post<Problem>(`${path}/repair`, { quantity, reason: 'restored' });
    expect((await repair('x')).body.errors).toMatchObject([{ pointer: '/quantity' }]);
    expect((await repair(-2)).body.code).toBe('discrepancy_changed');
    const repaired = await repair(-1);
    expect([repaired.status, repaired.body]).toMatchObject([
      201,
      { kind: 'adjustment', is_correction: true, quantity: -1 },
    ]);
    expect((await repair(-1)).body.code).toBe('no_discrepancy');
    await system.expectLedgerReconciles();
    const { data } = await get<{ data: object[] }>(`/v1/audit-log?object=product:${product_id}&limit=1`);
    expect(data).toMatchObject([
      { action: 'stock.adjusted', before: { booked: 5 }, after: { booked: 4, is_correction: true } },
    ]);
  });
});
