import type { Problem } from '@estoque/platform';
import { spawnSync } from 'node:child_process';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { ROLE_NAMES, type Role } from '../../apps/api/src/access/scopes.js';
import { authorization, CUSTOMER_EMAIL } from '../support/credentials.js';
import { ApiDocument } from '../support/openapi.js';
import { System } from '../support/system.js';
import { until } from '../support/until.js';

interface AuditLogEntry {
  id: number;
  at: string;
  actor: string;
  address: string | null;
  action: string;
  object_type: string;
  object_id: string;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}

interface Page {
  data: AuditLogEntry[];
  has_more: boolean;
  next_cursor: string | null;
}

describe('GET /v1/audit-log', () => {
  let system: System;
  let product_id: number;
  let actor: string;
  beforeAll(async () => {
    system = await System.start({ apps: ['api'] });
    const [key] = await system.sql<{ id: string }>(`SELECT id FROM api_keys WHERE name = 'admin'`);
    actor = `key:${key!.id}`;
    product_id = await system.createProduct(5, { price: 2_490 });
    await system.request('PATCH', `/v1/products/${product_id}`, { price: 2_690 });
  });
  afterAll(() => system.stop());

  /** Runs a program of the api. @returns its output */
  function runProgram(program: string, ...args: string[]): string {
    const script = join(process.cwd(), 'dist/bundles', `${program}.js`);
    const env = { PATH: process.env.PATH, DATABASE_URL: system.database.url, RABBITMQ_URL: system.vhost.url };
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
      env,
      cwd: tmpdir(),
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, '']);
    return stdout.trim();
  }
  const list = async (query = '') => (await system.request<Page>('GET', `/v1/audit-log${query}`)).body;
  const actionsOf = ({ data }: Page) => data.map(({ action }) => action);

  /** Sends a request that changes something. @returns its id in the answer */
  async function send(method: string, path: string, body?: object): Promise<number> {
    const answer = await system.request<{ id: number }>(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
    return answer.body?.id;
  }
  const insert = async (statement: string): Promise<number> =>
    Number((await system.sql<{ id: string }>(`INSERT INTO ${statement} RETURNING id`))[0]!.id);
  const createDeadLetter = () =>
    insert(`dead_letters (fingerprint, queue, event, reason, error, attempts, properties, headers, body)
      VALUES (gen_random_uuid(), 'order_queue', 'order.created', 'bug', 'x', 1, '{"routingKey": "order.created"}', '{}', 'x')`);
  /** An order as if it was processed: this test has no workers. */
  async function createProcessedOrder(): Promise<number> {
    const { id } = await system.placeOrder([{ product_id, quantity: 1 }]);
    await system.sql(`UPDATE orders SET status = 'processed', unconfirmed = '{}' WHERE id = $1`, [id]);
    return id;
  }
  async function createShippedOrder(): Promise<number> {
    const id = await createProcessedOrder();
    await send('POST', `/v1/orders/${id}/shipments`, {});
    return id;
  }
  const mailSettings = async (email: string) => {
    const [row] = await system.sql<{ id: string }>('SELECT id FROM mail_settings WHERE email = $1', [email]);
    return `mail_settings:${row!.id}`;
  };
  const WEBHOOKS = '/v1/webhook-endpoints';
  const createEndpoint = () =>
    send('POST', WEBHOOKS, { url: 'https://shop.example/hooks', events: ['order.created'] });
  /** An endpoint with the delivery of one event. @returns their ids */
  async function createDelivery(): Promise<[endpoint: number, delivery: number]> {
    const endpoint = await createEndpoint();
    await system.placeOrder([{ product_id, quantity: 1 }]);
    const { body } = await system.request<{ data: { id: number }[] }>(
      'GET',
      `${WEBHOOKS}/${endpoint}/deliveries`,
    );
    return [endpoint, body.data[0]!.id];
  }
  const createKey = () => send('POST', '/v1/api-keys', { name: 'test', role: 'clerk' });
  const by = { by: 'ana' };
  /** Carries out the operations of the API that change something. Each returns the object that it changes. */
  const changes: Record<string, () => Promise<string>> = {
    'POST /v1/orders/{id}/cancel': async () => {
      const { id } = await system.placeOrder([{ product_id, quantity: 1 }]);
      await send('POST', `/v1/orders/${id}/cancel`);
      return `order:${id}`;
    },
    'POST /v1/orders/{id}/shipments': async () => `order:${await createShippedOrder()}`,
    'POST /v1/orders/{id}/complete': async () =>
      `order:${await send('POST', `/v1/orders/${await createShippedOrder()}/complete`)}`,
    'POST /v1/orders/{id}/returns': async () => {
      const body = { lines: [{ product_id, quantity: 1 }], reason: 'too small', restock: false };
      return `order:${await send('POST', `/v1/orders/${await createShippedOrder()}/returns`, body)}`;
    },
    'POST /v1/payments/{id}/refunds': async () => {
      const order = await createProcessedOrder();
      const id = await insert(`payments (order_id, method, currency, amount, captured, status, next_check_at)
        VALUES (${order}, 'tok_ok', 'BRL', 2690, 2690, 'captured', now())`);
      await send('POST', `/v1/payments/${id}/refunds`, { reason: 'goodwill' });
      return `payment:${id}`;
    },
    'POST /v1/products': async () => `product:${await system.createProduct(0)}`,
    'PATCH /v1/products/{id}': async () => {
      await send('PATCH', `/v1/products/${product_id}`, { name: 'Tea' });
      return `product:${product_id}`;
    },
    'POST /v1/products/{id}/stock/receipts': async () => {
      await send('POST', `/v1/products/${product_id}/stock/receipts`, { quantity: 1, reason: 'delivery' });
      return `product:${product_id}`;
    },
    'POST /v1/products/{id}/stock/adjustments': async () => {
      await send('POST', `/v1/products/${product_id}/stock/adjustments`, { quantity: -1, reason: 'lost' });
      return `product:${product_id}`;
    },
    'POST /v1/operations/discrepancies/{id}/repair': async () => {
      const id = await system.createProduct(2);
      await system.sql('UPDATE stock SET on_hand = 1 WHERE product_id = $1', [id]);
      const body = { quantity: -1, reason: 'restored' };
      await send('POST', `/v1/operations/discrepancies/${id}/repair`, body);
      return `product:${id}`;
    },
    'POST /v1/notifications/{id}/resend': async () => {
      const order = await system.placeOrder([{ product_id, quantity: 1 }]);
      const id = await insert(`notifications (order_id, kind, recipient, locale, state)
        VALUES (${order.id}, 'order_processed', 'ana@example.com', 'en', 'sent')`);
      await send('POST', `/v1/notifications/${id}/resend`);
      return `notification:${id}`;
    },
    'PATCH /v1/customers/{email}/mail-settings': async () => {
      await send('PATCH', '/v1/customers/ana@example.com/mail-settings', { opted_out: ['order_shipped'] });
      return mailSettings('ana@example.com');
    },
    'POST /v1/customers/{email}/mail-settings/suppression': async () => {
      await send('POST', '/v1/customers/ana@example.com/mail-settings/suppression', { reason: 'bounced' });
      return mailSettings('ana@example.com');
    },
    'DELETE /v1/customers/{email}/mail-settings/suppression': async () => {
      const path = '/v1/customers/bia@example.com/mail-settings/suppression';
      await send('POST', path, { reason: 'bounced' });
      const settings = await mailSettings('bia@example.com');
      await send('DELETE', path);
      return settings;
    },
    'POST /v1/webhook-endpoints': async () => `webhook_endpoint:${await createEndpoint()}`,
    'PATCH /v1/webhook-endpoints/{id}': async () => {
      const id = await createEndpoint();
      await send('PATCH', `${WEBHOOKS}/${id}`, { events: ['order.rejected'] });
      return `webhook_endpoint:${id}`;
    },
    'DELETE /v1/webhook-endpoints/{id}': async () => {
      const id = await createEndpoint();
      await send('DELETE', `${WEBHOOKS}/${id}`);
      return `webhook_endpoint:${id}`;
    },
    'POST /v1/webhook-endpoints/{id}/disable': async () => {
      const id = await createEndpoint();
      await send('POST', `${WEBHOOKS}/${id}/disable`);
      return `webhook_endpoint:${id}`;
    },
    'POST /v1/webhook-endpoints/{id}/enable': async () => {
      const id = await createEndpoint();
      await send('POST', `${WEBHOOKS}/${id}/disable`);
      await send('POST', `${WEBHOOKS}/${id}/enable`);
      return `webhook_endpoint:${id}`;
    },
    'POST /v1/webhook-endpoints/{id}/rotate-secret': async () => {
      const id = await createEndpoint();
      await send('POST', `${WEBHOOKS}/${id}/rotate-secret`, {});
      return `webhook_endpoint:${id}`;
    },
    'POST /v1/webhook-endpoints/{id}/replay': async () => {
      const [id] = await createDelivery();
      const range = { from: new Date(Date.now() - 60_000).toISOString(), to: new Date().toISOString() };
      await send('POST', `${WEBHOOKS}/${id}/replay`, range);
      return `webhook_endpoint:${id}`;
    },
    'POST /v1/webhook-endpoints/{id}/deliveries/{delivery_id}/replay': async () => {
      const [id, delivery] = await createDelivery();
      await system.sql(`UPDATE webhook_deliveries SET state = 'delivered' WHERE id = $1`, [delivery]);
      await send('POST', `${WEBHOOKS}/${id}/deliveries/${delivery}/replay`);
      return `webhook_endpoint:${id}`;
    },
    'POST /v1/dead-letters/replay': async () =>
      `dead_letter_job:${await send('POST', '/v1/dead-letters/replay', { ...by, filter: {} })}`,
    'POST /v1/dead-letters/discard': async () =>
      `dead_letter_job:${await send('POST', '/v1/dead-letters/discard', { ...by, filter: {} })}`,
    'POST /v1/dead-letters/{id}/replay': async () =>
      `dead_letter:${await send('POST', `/v1/dead-letters/${await createDeadLetter()}/replay`, by)}`,
    'POST /v1/dead-letters/{id}/edit-and-replay': async () => {
      const items = [{ product_id, quantity: 1 }];
      const body = JSON.stringify({ event: 'order.created', order_id: 1, items });
      const path = `/v1/dead-letters/${await createDeadLetter()}/edit-and-replay`;
      return `dead_letter:${await send('POST', path, { ...by, body, reason: 'wrong items' })}`;
    },
    'POST /v1/dead-letters/{id}/discard': async () =>
      `dead_letter:${await send('POST', `/v1/dead-letters/${await createDeadLetter()}/discard`, by)}`,
    'POST /v1/operations/dead-letter-jobs/{id}/cancel': async () => {
      // Leased, so that no process runs it.
      const id = await insert(`dead_letter_jobs (action, filter, actor, total, last_id, state, leased_until)
        VALUES ('discard', '{}', 'ana', 0, 0, 'running', now() + interval '1 hour')`);
      return `dead_letter_job:${await send('POST', `/v1/operations/dead-letter-jobs/${id}/cancel`, by)}`;
    },
    'POST /v1/operations/audit': async () => `audit:${await send('POST', '/v1/operations/audit')}`,
    'POST /v1/api-keys': async () => `api_key:${await createKey()}`,
    'POST /v1/api-keys/{id}/revoke': async () =>
      `api_key:${await send('POST', `/v1/api-keys/${await createKey()}/revoke`)}`,
    'DELETE /v1/customers/{email}/data': async () =>
      `erasure:${await send('DELETE', '/v1/customers/nobody@example.com/data')}`,
  };

  it('lists who changed what from which address, newest first', async () => {
    const { data } = await list(`?object=product:${product_id}`);
    expect(data).toMatchObject([
      {
        actor,
        address: '127.0.0.1',
        action: 'product.changed',
        object_type: 'product',
        object_id: String(product_id),
        before: { price: 2_490 },
        after: { price: 2_690 },
      },
      { action: 'stock.received', before: { on_hand: 0 }, after: { on_hand: 5, quantity: 5 } },
      { action: 'product.created', before: null },
    ]);
  });

  it('names a customer who changes their own order, and not one whose request is refused', async () => {
    const customer = { name: 'Ana', email: CUSTOMER_EMAIL };
    const { id } = await system.placeOrder([{ product_id, quantity: 1 }], { customer });
    const cancel = (role: Role) =>
      system.fetch(`/v1/orders/${id}/cancel`, { method: 'POST', headers: authorization(role) });
    expect((await cancel('warehouse')).status).toBe(403);
    expect((await cancel('customer')).status).toBe(200);
    const { data } = await list(`?object=order:${id}`);
    expect(data).toHaveLength(1);
    expect(data[0]!.actor).toMatch(/^customer:key:\d+$/);
  });

  it('has an entry for each operation that changes something', async () => {
    const { operations } = ApiDocument.readCommitted();
    // Orders say themselves who placed them. Signed webhooks of the payment gateway change nothing that an order shows.
    // A check and a dry run change nothing.
    const withoutEntry = [
      ...['simulated', 'stripe'].map((gateway) => `POST /v1/payments/webhooks/${gateway}`),
      ...['check-body', 'dry-run'].map((check) => `POST /v1/dead-letters/{id}/${check}`),
    ];
    const changing = operations.filter(({ method }) => method !== 'GET').map(({ name }) => name);
    expect([...Object.keys(changes), 'POST /v1/orders', ...withoutEntry].toSorted()).toEqual(
      changing.toSorted(),
    );
    const missing: string[] = [];
    for (const [operation, change] of Object.entries(changes)) {
      const [{ id: lastId } = { id: 0 }] = (await list('?limit=1')).data;
      const [entry] = (await list(`?object=${await change()}&limit=1`)).data;
      if (!entry || entry.id <= lastId || entry.actor !== actor) missing.push(operation);
    }
    expect(missing).toEqual([]);
  });

  it('has none for the placing of an order, which says itself who placed it', async () => {
    const { id } = await system.placeOrder([{ product_id, quantity: 1 }]);
    const [order] = await system.sql<object>('SELECT placed_by, placed_from FROM orders WHERE id = $1', [id]);
    expect(order).toEqual({ placed_by: actor, placed_from: '127.0.0.1' });
    expect((await list(`?object=order:${id}`)).data).toEqual([]);
  });

  it('filters by actor, action, object and time, and by page', async () => {
    const other = await system.createProduct(1);
    const all = await list(`?object=product:${other}`);
    expect(actionsOf(all)).toEqual(['stock.received', 'product.created']);
    expect(actionsOf(await list(`?object=product:${other}&action=product.created`))).toEqual([
      'product.created',
    ]);
    expect(actionsOf(await list(`?object=product:${other}&actor=nobody`))).toEqual([]);
    const { at } = all.data[0]!;
    expect(actionsOf(await list(`?object=product:${other}&at_to=${at}`))).toContain('product.created');
    expect(actionsOf(await list(`?object=product:${other}&at_from=2100-01-01T00:00:00Z`))).toEqual([]);
    const first = await list(`?object=product:${other}&limit=1`);
    expect([actionsOf(first), first.has_more]).toEqual([['stock.received'], true]);
    const second = await list(`?object=product:${other}&limit=1&cursor=${first.next_cursor}`);
    expect([actionsOf(second), second.has_more]).toEqual([['product.created'], false]);
  });

  it.each([
    ['object=product', 'object'],
    ['object=product:0', 'object'],
    ['object=customer:1', 'object'],
    ['action=product.deleted', 'action'],
    ['at_from=yesterday', 'at_from'],
    ['actor=', 'actor'],
  ])('refuses the filter %s', async (query, parameter) => {
    const { status, body } = await system.request<Problem>('GET', `/v1/audit-log?${query}`);
    expect([status, body.errors[0]?.parameter]).toEqual([422, parameter]);
  });

  it('lists the actions of the command line with the user of the operating system', async () => {
    await system.externalClient.publish('order.created', Buffer.from('{'), 'stock_events.dead');
    const id = await until('the dead letter', async () => {
      const { body } = await system.request<{ data: { id: number }[] }>('GET', '/v1/dead-letters?state=open');
      return body.data[0]?.id;
    });
    const user = { actor: `cli:${userInfo().username}`, address: null };
    const [letter] = (await system.request<{ data: { error: string }[] }>('GET', '/v1/dead-letters')).body
      .data;
    const { data: groups } = (
      await system.request<{ data: { key: string }[] }>('GET', '/v1/dead-letters/groups')
    ).body;
    const filter = ['--group', groups[0]!.key, '--text', letter!.error.toUpperCase()];
    expect(runProgram('cli', 'dead-letters', 'list', ...filter)).toMatch(`#${id} `);
    const why = ['--why', 'a test'];
    expect(runProgram('cli', 'dead-letters', 'discard', String(id), '--by', 'rui', ...why)).toBe(
      `#${id} discarded`,
    );
    expect((await system.request<object>('GET', `/v1/dead-letters/${id}`)).body).toMatchObject({
      actions: [{ by: 'rui', reason: 'a test' }],
    });
    expect((await list(`?object=dead_letter:${id}`)).data).toMatchObject([
      { ...user, action: 'dead_letter.discarded', after: { by: 'rui' } },
    ]);
    const selected = ['--reason', 'none', '--text', 'sku-42'];
    const job = runProgram('cli', 'dead-letters', 'replay', ...selected, '--by', 'rui');
    const jobId = /^Job (\d+)/.exec(job)![1];
    expect((await list(`?object=dead_letter_job:${jobId}`)).data).toMatchObject([
      {
        ...user,
        action: 'dead_letter_job.created',
        after: { filter: { reason: 'none', has_text: true }, by: 'rui' },
      },
    ]);
    runProgram('cli', 'api-keys', 'create', '--name', 'x', '--role', 'clerk');
    runProgram('cli', 'token', '--role', 'customer', '--email', 'ana@example.com');
    const [token, key] = (await list('?action=api_key.created&limit=2')).data;
    expect([key, token]).toMatchObject([
      { ...user, after: { is_limited_to_customer: false } },
      { ...user, after: { is_limited_to_customer: true } },
    ]);
    runProgram('cli', 'api-keys', 'revoke', token!.object_id);
    const [revoked] = (await list(`?object=api_key:${token!.object_id}&limit=1`)).data;
    expect(revoked).toMatchObject({ ...user, action: 'api_key.revoked' });
  });

  it('lists the API keys of a developer, which npm start creates', async () => {
    const create = () => runProgram('create-development-keys');
    expect(Object.keys(JSON.parse(create()) as object)).toEqual(ROLE_NAMES);
    const created = (await list('?actor=npm start')).data;
    expect(created.map(({ action }) => action)).toEqual(ROLE_NAMES.map(() => 'api_key.created'));
    create();
    const revoked = (await list('?actor=npm start&action=api_key.revoked')).data;
    expect(revoked.map(({ object_id }) => object_id)).toEqual(created.map(({ object_id }) => object_id));
  });
});
