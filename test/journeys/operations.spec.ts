import type { DeadLetterDetailsDto, DeadLetterFilterDto } from '@estoque/client';
import type { Problem } from '@estoque/platform';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FLOW_APPS } from '../../apps/manifest.js';
import { sendRequest } from '../support/send-request.js';
import { System } from '../support/system.js';
import { dataOf } from '../support/test-client.js';
import { until } from '../support/until.js';

describe('Operations API and command line', () => {
  let system: System;
  beforeAll(async () => void (system = await System.start({ apps: FLOW_APPS })));
  afterAll(() => system.stop());

  const runCli = (...args: string[]) => {
    const script = join(process.cwd(), 'dist/bundles/cli.js');
    const env = { PATH: process.env.PATH, ...system.serversOf('api') };
    return spawnSync(process.execPath, [script, ...args], { env, cwd: tmpdir(), encoding: 'utf8' });
  };
  const readDeadLetter = (id: number) =>
    dataOf(system.api.GET('/v1/dead-letters/{id}', { params: { path: { id } } }));
  const listDeadLetters = async (filter: DeadLetterFilterDto) => {
    const query = { ...filter, state: 'open' as const };
    return (await dataOf(system.api.GET('/v1/dead-letters', { params: { query } }))).data;
  };
  const replay = (id: number) =>
    system.api.POST('/v1/dead-letters/{id}/replay', { params: { path: { id } }, body: { by: 'ana' } });
  const discard = (id: number, by: string) =>
    system.api.POST('/v1/dead-letters/{id}/discard', { params: { path: { id } }, body: { by } });
  const readJob = (id: number) =>
    system.api.GET('/v1/operations/dead-letter-jobs/{id}', { params: { path: { id } } });

  const waitForJob = (id: number) =>
    until(`job ${id} to finish`, async () => {
      const job = await dataOf(readJob(id));
      return job.state === 'finished' && job;
    });
  /** Starts a job and waits for its end. */
  async function discardAll(filter: DeadLetterFilterDto) {
    const { id } = await dataOf(system.api.POST('/v1/dead-letters/discard', { body: { by: 'ana', filter } }));
    return waitForJob(id);
  }

  /** Publishes an event of an order that does not exist, and waits until it is dead-lettered. */
  async function createDeadLetter(order_id: number, product_id: number): Promise<DeadLetterDetailsDto> {
    const items = [{ product_id, quantity: 1 }];
    await system.externalClient.publish('order.created', {
      event: 'order.created',
      order_id,
      items,
      unknown_field: 'kept',
    });
    const listed = await until('the dead letter', async () => {
      const filter = { queue: 'order_queue', event: 'order.created', reason: 'order_not_found' };
      return (await listDeadLetters(filter))[0];
    });
    return readDeadLetter(listed.id);
  }

  /** Stores the order that the dead letter refers to, without an event. */
  async function storeOrder(id: number, product_id: number) {
    await system.sql(
      `INSERT INTO orders (id, customer_name, customer_email, locale, currency, total) VALUES ($1, 'Ana', 'ana@example.com', 'en', 'BRL', 1250)`,
      [id],
    );
    await system.sql(
      `INSERT INTO order_lines (order_id, product_id, position, sku, name, quantity, unit_price) VALUES ($1, $2, 1, 'S', 'S', 1, 1250)`,
      [id, product_id],
    );
  }

  it('replays a dead letter with its original bytes and records who did it', async () => {
    const product_id = await system.createProduct(5);
    const deadLetter = await createDeadLetter(5_001, product_id);
    expect(Buffer.from(deadLetter.body_base64, 'base64').toString()).toBe(deadLetter.body_text);
    expect(JSON.parse(deadLetter.body_text)).toMatchObject({ order_id: 5_001, unknown_field: 'kept' });
    await storeOrder(5_001, product_id);

    expect(await dataOf(replay(deadLetter.id))).toMatchObject({
      state: 'replayed',
      actions: [{ action: 'replayed', by: 'ana' }],
    });
    await system.waitForOrderStatus(5_001, 'processed');
    const { error: second } = await replay(deadLetter.id);
    expect(second).toMatchObject({ status: 409, code: 'dead_letter_closed' });
  });

  it('shows the content of a dead letter to operations:read only', async () => {
    const product_id = await system.createProduct(5);
    const { body: created } = await system.request<{ key: string }>('POST', '/v1/api-keys', {
      name: 'write only',
      scopes: ['operations:write'],
    });
    const send = (path: string, body?: object) =>
      sendRequest(`${system.process('api').url}/v1/dead-letters${path}`, {
        method: body ? 'POST' : 'GET',
        credential: created.key,
        body,
        headers: body ? { 'idempotency-key': path } : {},
      });
    for (const [order_id, action] of [
      [5_005, 'discard'],
      [5_006, 'replay'],
    ] as const) {
      const { id } = await createDeadLetter(order_id, product_id);
      for (const path of ['', `/${id}`, `/${id}/body`]) expect((await send(path)).status).toBe(403);
      await storeOrder(order_id, product_id);
      for (let count = 0; count < 2; count++) {
        const { status, text } = await send(`/${id}/${action}`, { by: 'ana' });
        expect(status).toBe(200);
        expect(text).not.toMatch(/kept|body|headers|error"/);
      }
    }
    await system.waitForOrderStatus(5_006, 'processed');
    expect(await system.sql(`SELECT 1 FROM idempotency_keys WHERE answer::text LIKE '%kept%'`)).toEqual([]);
    expect(
      await system.sql(`SELECT 1 FROM idempotency_keys WHERE answer::text LIKE '%"actions"%'`),
    ).toHaveLength(2);
  });

  it('reopens the same dead letter if its replay fails', async () => {
    const product_id = await system.createProduct(1);
    const deadLetter = await createDeadLetter(5_002, product_id);
    await dataOf(replay(deadLetter.id));
    const reopened = await until('the dead letter to be reopened', async () => {
      const current = await readDeadLetter(deadLetter.id);
      return current.dead_letter_count === 2 && current;
    });
    expect(reopened).toMatchObject({ state: 'open', actions: [{ action: 'replayed', by: 'ana' }] });
    const { state, actions } = await dataOf(discard(deadLetter.id, 'rui'));
    expect(state).toBe('discarded');
    expect(actions.map(({ by }) => by)).toEqual(['ana', 'rui']);
  });

  it('discards all dead letters that match a filter', async () => {
    for (const text of ['one', 'two', 'three'])
      await system.externalClient.publish('order.created', Buffer.from(text));
    const filter = { reason: 'invalid_json' };
    await until('three dead letters', async () => (await listDeadLetters(filter)).length === 3);
    const job = await dataOf(system.api.POST('/v1/dead-letters/discard', { body: { by: 'ana', filter } }));
    expect(job).toMatchObject({ action: 'discard', by: 'ana', total: 3, filter });
    expect(await waitForJob(job.id)).toMatchObject({ state: 'finished', total: 3, done: 3, failed: 0 });
    expect(await discardAll(filter)).toMatchObject({ state: 'finished', total: 0, done: 0 });
  });

  it('answers a bulk action with a job, which can be followed, listed and cancelled', async () => {
    const { data: job, response } = await system.api.POST('/v1/dead-letters/replay', {
      body: { by: 'ana', filter: { order_id: 5_999 } },
    });
    const { id } = job!;
    const path = `/v1/operations/dead-letter-jobs/${id}`;
    expect([response.status, response.headers.get('location')]).toEqual([202, path]);
    await waitForJob(id);
    const { data } = await dataOf(system.api.GET('/v1/operations/dead-letter-jobs'));
    expect(data[0]).toMatchObject({ id, state: 'finished' });
    const { error: ended } = await system.api.POST('/v1/operations/dead-letter-jobs/{id}/cancel', {
      params: { path: { id } },
      body: { by: 'ana' },
    });
    expect(ended).toMatchObject({ status: 409, code: 'dead_letter_job_ended' });
    const { error: missing } = await readJob(999_999);
    expect(missing).toMatchObject({ status: 404, code: 'dead_letter_job_not_found' });
  });

  it('sends the beginning of a large body, and all of it on request', async () => {
    const body = Buffer.alloc(300_000, 'x');
    await system.externalClient.publish('order.created', body);
    const filter = { reason: 'invalid_json' };
    const { id } = await until('the dead letter', async () => (await listDeadLetters(filter))[0]);
    const deadLetter = await readDeadLetter(id);
    expect(deadLetter).toMatchObject({ body_bytes: 300_000, body_truncated: true });
    expect(Buffer.from(deadLetter.body_base64, 'base64')).toHaveLength(65_536);
    const readBody = (offset?: number) =>
      system.api.GET('/v1/dead-letters/{id}/body', {
        params: { path: { id }, query: { offset } },
        parseAs: 'arrayBuffer',
      });
    const { data, response } = await readBody();
    expect(response.headers.get('content-type')).toBe('application/octet-stream');
    expect(Buffer.from(data!).equals(body)).toBe(true);
    expect(Buffer.from(await dataOf(readBody(299_998))).toString()).toBe('xx');
    expect((await readBody(-1)).error?.status).toBe(422);
    expect((await discardAll(filter)).done).toBe(1);
  });

  it('refuses an action without a name, an unknown filter and an unknown dead letter', async () => {
    const withoutName = await system.request<Problem>('POST', '/v1/dead-letters/1/replay', {});
    expect([withoutName.status, withoutName.body.errors[0]?.pointer]).toEqual([422, '/by']);
    const unknownFilter = await system.request<Problem>('POST', '/v1/dead-letters/replay', {
      by: 'ana',
      filter: { colour: 'red' },
    });
    expect([unknownFilter.status, unknownFilter.body.errors[0]?.pointer]).toEqual([422, '/filter/colour']);
    const { error: missing } = await discard(999_999, 'ana');
    expect(missing).toMatchObject({ status: 404, code: 'dead_letter_not_found' });
  });

  it('lists, shows, replays and discards dead letters on the command line', async () => {
    const product_id = await system.createProduct(1);
    const deadLetter = await createDeadLetter(5_003, product_id);
    await storeOrder(5_003, product_id);
    expect(runCli('dead-letters', 'list', '--state', 'open').stdout).toContain(
      `#${deadLetter.id}  open  order_queue`,
    );
    expect(JSON.parse(runCli('dead-letters', 'show', String(deadLetter.id)).stdout)).toMatchObject({
      id: deadLetter.id,
      body_text: deadLetter.body_text,
    });
    expect(runCli('dead-letters', 'replay').stderr).toContain('Specify an id');
    const replayed = runCli('dead-letters', 'replay', String(deadLetter.id), '--by', 'ops');
    expect([replayed.status, replayed.stdout]).toEqual([0, `#${deadLetter.id} replayed\n`]);
    await system.waitForOrderStatus(5_003, 'processed');
    expect((await readDeadLetter(deadLetter.id)).actions).toMatchObject([{ action: 'replayed', by: 'ops' }]);
    const { stdout } = runCli('dead-letters', 'discard', '--order', '5003', '--by', 'ops');
    expect(stdout).toMatch(/^Job \d+: 0 dead letters\nfinished: 0 of 0 discarded, 0 failed\n$/);
    const discarded = runCli('dead-letters', 'discard', String(deadLetter.id));
    // payment-worker does not run, and only it may create its queue: the command warns about that first.
    expect([discarded.status, discarded.stderr.split('\n').at(-2)]).toEqual([
      1,
      `Dead letter ${deadLetter.id} is replayed already.`,
    ]);
  }, 120_000);

  it('finds the dead letters of an order in the API and on the command line, and none of another order', async () => {
    const product_id = await system.createProduct(1);
    const items = [{ product_id, quantity: 1 }];
    const orderId = 5_004;
    const otherOrderId = 50_040;
    for (const order_id of [orderId, otherOrderId])
      await system.externalClient.publish('order.created', { event: 'order.created', order_id, items });
    const listIds = async (order_id: number) => (await listDeadLetters({ order_id })).map(({ id }) => id);
    const waitForDeadLetter = (order_id: number) =>
      until(`the dead letter of order ${order_id}`, async () => {
        const ids = await listIds(order_id);
        return ids.length === 1 && ids[0];
      });
    const [id, otherId] = [await waitForDeadLetter(orderId), await waitForDeadLetter(otherOrderId)];
    expect(JSON.parse((await readDeadLetter(id)).body_text)).toMatchObject({ order_id: orderId });

    const { stdout } = runCli('dead-letters', 'list', '--order', String(orderId));
    expect(stdout).toContain(`#${id} `);
    expect(stdout).not.toContain(`#${otherId} `);

    const filter = { order_id: orderId };
    expect(await discardAll(filter)).toMatchObject({ total: 1, done: 1 });
    expect([await listIds(orderId), await listIds(otherOrderId)]).toEqual([[], [otherId]]);
    const malformed = await system.request<Problem>('GET', '/v1/dead-letters?order_id=0');
    expect([malformed.status, malformed.body.errors[0]?.parameter]).toEqual([422, 'order_id']);
  }, 120_000);

  /** Requests an audit 16 times at once, which makes one, and waits until order-worker has run it. */
  async function runAudit() {
    const worker = system.process('order-worker');
    // Otherwise it could finish the audit before the last request arrives, which would then make another one.
    worker.kill('SIGSTOP');
    const requests = await Promise.all(
      Array.from({ length: 16 }, () => system.api.POST('/v1/operations/audit')),
    ).finally(() => worker.kill('SIGCONT'));
    expect(new Set(requests.map(({ response }) => response.status))).toEqual(new Set([202]));
    const { id } = requests[0]!.data!;
    const locations = new Set(requests.map(({ response }) => response.headers.get('location')));
    expect(locations).toEqual(new Set([`/v1/operations/audits/${id}`]));
    return until('the audit to be finished', async () => {
      const params = { path: { id } };
      const audit = await dataOf(system.api.GET('/v1/operations/audits/{id}', { params }));
      return ['succeeded', 'failed'].includes(audit.state) && audit;
    });
  }

  it('finds every kind of discrepancy in an audit and repairs none', async () => {
    expect(await runAudit()).toMatchObject({ state: 'succeeded', reconciles: true, discrepancies: [] });
    const product_id = await system.createProduct(5);
    const { id } = await system.placeOrder([{ product_id, quantity: 1 }]);
    await system.waitForOrderStatus(id, 'processed');
    await system.sql('UPDATE stock SET on_hand = on_hand + 2, reserved = 1 WHERE product_id = $1', [
      product_id,
    ]);
    await system.sql(`UPDATE orders SET status = 'cancelled', cancellation = 'requested' WHERE id = $1`, [
      id,
    ]);
    const other = await system.createProduct(5);
    const { id: second } = await system.placeOrder([{ product_id: other, quantity: 1 }]);
    await system.waitForOrderStatus(second, 'processed');
    await system.sql(
      `INSERT INTO movements (product_id, kind, quantity, balance_after, reason) VALUES ($1, 'adjustment', 1, 9, 'by hand')`,
      [other],
    );
    await system.sql(`UPDATE reservations SET status = 'active' WHERE order_id = $1`, [second]);
    const expectedDiscrepancies = [
      `balance of ${other}: 5, not 9`,
      `reservations of ${other}: 0, not 1`,
      `on_hand of ${other}: 5, not 4`,
      `on_hand of ${product_id}: 4, not 6`,
      `reserved of ${other}: 1, not 0`,
      `reserved of ${product_id}: 0, not 1`,
      `sold of ${product_id}: 0, not 1`,
    ];
    const result = await runAudit();
    expect(result.reconciles).toBe(false);
    const found = result.discrepancies!.map(
      ({ check, product_id, expected, found }) => `${check} of ${product_id}: ${expected}, not ${found}`,
    );
    expect(found.toSorted()).toEqual(expectedDiscrepancies.toSorted());
    const audit = runCli('audit');
    expect(audit.status).toBe(1);
    expect(audit.stdout).toContain(`on_hand: product ${product_id}: expected 4, found 6`);
    expect(await dataOf(system.api.GET('/v1/operations/audit'))).toEqual(result);
    expect((await runAudit()).reconciles).toBe(false);
  });

  it('reports depth and lag of the outbox, in the API and in the metrics', async () => {
    await until('an empty outbox', async () => {
      const { depth, lag_seconds } = await dataOf(system.api.GET('/v1/operations/outbox'));
      return depth === 0 && lag_seconds === 0;
    });
    const metrics = await (await fetch(`${system.process('api').url}/metrics`)).text();
    expect(metrics).toContain('estoque_outbox_depth 0');
    expect(metrics).toMatch(/^estoque_dead_letters_open \d+$/m);
  });
});
