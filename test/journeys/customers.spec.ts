import type { OrderDto } from '@estoque/client';
import type { Problem } from '@estoque/platform';
import pg from 'pg';
import { readAccessMatrix } from '../support/access-matrix.js';
import { apiKeyOf, CUSTOMER_EMAIL } from '../support/credentials.js';
import { Issuer } from '../support/issuer.js';
import { bodyOf, sendRequest, type Answer } from '../support/send-request.js';
import { System } from '../support/system.js';

const OTHER_EMAIL = 'bia@example.com';
const toCursor = (id: number) => Buffer.from(String(id)).toString('base64url');

interface Page<Entry> {
  data: Entry[];
}

describe('A customer', () => {
  let issuer: Issuer;
  let system: System;
  let product_id: number;
  let credentials: Record<'API key' | 'token', string>;
  /** An order of the customer, and one of another customer. */
  let own: OrderDto;
  let others: OrderDto;
  /** An id that no order has, with as many digits. */
  const unknownId = 9_999;
  beforeAll(async () => {
    issuer = await Issuer.start();
    system = await System.start({ apps: ['api'], environment: issuer.environment });
    const claims = { sub: 'ana', roles: ['customer'], email: 'Ana@Example.com', email_verified: true };
    credentials = { 'API key': apiKeyOf('customer'), token: await issuer.issue(claims) };
    product_id = await system.createProduct(1_000);
    await system.sql(`SELECT setval(pg_get_serial_sequence('orders', 'id'), 1000)`);
    own = await placeFor(CUSTOMER_EMAIL);
    others = await placeFor(OTHER_EMAIL, { reference: 'PO-BIA' });
    await system.sql(
      `INSERT INTO notifications (order_id, kind, recipient, locale, last_error)
       SELECT id, 'order_processed', customer_email, 'en', '451 mail.internal: later' FROM orders`,
    );
  });
  afterAll(async () => {
    await system.stop();
    await issuer.stop();
  });

  const placeFor = (email: string, fields = {}) =>
    system.placeOrder([{ product_id, quantity: 1 }], { customer: { name: 'x', email }, ...fields });
  const order = (email: string) => ({ customer: { name: 'x', email }, items: [{ product_id, quantity: 1 }] });

  /** Sends a request of the customer. */
  const send = (
    kind: keyof typeof credentials,
    method: string,
    path: string,
    { body, key }: { body?: unknown; key?: string } = {},
  ) =>
    sendRequest(system.process('api').url + path, {
      method,
      credential: credentials[kind],
      body,
      headers: key === undefined ? {} : { 'idempotency-key': key },
    });
  const withoutId = ({ text, ...answer }: Answer, id: number) => ({
    ...answer,
    text: text.replaceAll(new RegExp(`\\b${id}\\b`, 'g'), 'ID'),
  });

  const routes = readAccessMatrix().filter(
    ({ path, access }) => path.includes('{') && !(path.includes('{email}') && access.customer === 'own'),
  );

  describe.each(['API key', 'token'] as const)('with the credential %s', (kind) => {
    it('reads and lists own orders', async () => {
      expect(bodyOf<OrderDto>(await send(kind, 'GET', `/v1/orders/${own.id}`))).toEqual(own);
      const page = bodyOf<Page<{ customer: { email: string } }>>(
        await send(kind, 'GET', '/v1/orders?limit=100'),
      );
      expect(page.data.length).toBeGreaterThan(0);
      expect(new Set(page.data.map(({ customer }) => customer.email.toLowerCase()))).toEqual(
        new Set([CUSTOMER_EMAIL]),
      );
    });

    it('reads and changes the mail settings of no other address', async () => {
      const pathOf = (email: string) => `/v1/customers/${encodeURIComponent(email)}/mail-settings`;
      const body = { opted_out: ['order_shipped'] };
      const changed = await send(kind, 'PATCH', pathOf(CUSTOMER_EMAIL.toUpperCase()), { body });
      expect(bodyOf<object>(changed)).toMatchObject(body);
      expect(bodyOf<object>(await send(kind, 'GET', pathOf(CUSTOMER_EMAIL)))).toMatchObject(body);
      for (const method of ['GET', 'PATCH']) {
        const refused = await send(kind, method, pathOf('rui@example.com'), method === 'GET' ? {} : { body });
        expect([method, refused.status]).toEqual([method, 403]);
        expect(refused.text).toContain('email_not_own');
      }
    });

    it.each(routes.map((route) => [route.operation, route] as const))(
      'gets for an id of another customer what an unknown id gets: %s',
      async (_operation, { method, path, access }) => {
        const sendWith = async (id: number) =>
          withoutId(
            await send(
              kind,
              method,
              path.replaceAll(/\{\w+\}/g, String(id)),
              method === 'GET' ? {} : { body: {} },
            ),
            id,
          );
        const answer = await sendWith(others.id);
        expect(answer).toEqual(await sendWith(unknownId));
        expect(answer.status).toBe(access.customer === 'own' ? 404 : 403);
      },
    );

    it.each([
      ['GET', ''],
      ['POST', '/cancel'],
    ])('gets the same while the rows of the order are locked: %s %s', async (method, action) => {
      const path = (id: number) => `/v1/orders/${id}${action}`;
      const unknown = await send(kind, method, path(unknownId));
      const client = await lockRows();
      try {
        expect(withoutId(await send(kind, method, path(others.id)), others.id)).toEqual(
          withoutId(unknown, unknownId),
        );
        const keyed = await send(kind, method, path(others.id), { key: `locked ${kind}` });
        expect(withoutId(keyed, others.id)).toEqual(withoutId(unknown, unknownId));
      } finally {
        await client.end();
      }
    });

    it('gets the same with an idempotency key, each time, and can use the key for an own order after that', async () => {
      const outcomes = [];
      for (const id of [others.id, unknownId]) {
        const key = `cancel ${kind} ${id}`;
        const cancelled = await placeFor(CUSTOMER_EMAIL);
        const cancel = (of: number) => send(kind, 'POST', `/v1/orders/${of}/cancel`, { key });
        const refusals = [await cancel(id), await cancel(id)].map((answer) => withoutId(answer, id));
        outcomes.push([...refusals, (await cancel(cancelled.id)).status]);
      }
      expect(outcomes[0]).toEqual(outcomes[1]);
      expect(outcomes[0]).toEqual([
        expect.objectContaining({ status: 404 }),
        expect.objectContaining({ status: 404 }),
        200,
      ]);
    });

    it.each([
      ['the e-mail address', `/v1/orders?email=${OTHER_EMAIL}`],
      ['the reference', '/v1/orders?reference=PO-BIA'],
      ['an order', '/v1/notifications?order_id=OTHERS'],
    ])('finds nothing by %s of another customer', async (_name, path) => {
      const answer = await send(kind, 'GET', path.replace('OTHERS', String(others.id)));
      expect([answer.status, bodyOf(answer)]).toEqual([
        200,
        { data: [], has_more: false, next_cursor: null },
      ]);
    });

    it('finds only own orders and mails by the cursor of another customer', async () => {
      const cursor = toCursor(others.id);
      const orders = bodyOf<Page<{ id: number }>>(await send(kind, 'GET', `/v1/orders?cursor=${cursor}`));
      expect(orders.data.map(({ id }) => id)).toEqual([own.id]);
      const mails = bodyOf<Page<object>>(
        await send(kind, 'GET', `/v1/notifications?cursor=${toCursor(1_000_000)}`),
      );
      const ownMail = { recipient: CUSTOMER_EMAIL, order_id: own.id, last_error: null };
      expect(mails.data).toEqual([expect.objectContaining(ownMail)]);
    });

    it('finds only own orders by amount, and none by payment', async () => {
      const path = '/v1/orders?currency=BRL&amount_from=0';
      const { data } = bodyOf<Page<{ id: number }>>(await send(kind, 'GET', path));
      const ids = data.map(({ id }) => id);
      expect(ids).toContain(own.id);
      expect(ids).not.toContain(others.id);
      const refused = await send(kind, 'GET', `${path}&payment=none`);
      expect([refused.status, bodyOf(refused)]).toMatchObject([403, { code: 'insufficient_scope' }]);
    });

    it('places orders for the own address only', async () => {
      const refused = await send(kind, 'POST', '/v1/orders', { body: order(OTHER_EMAIL) });
      expect([refused.status, bodyOf<Problem>(refused)]).toMatchObject([
        403,
        { code: 'email_not_own', errors: [{ pointer: '/customer/email', code: 'not_own' }] },
      ]);
      const placed = await send(kind, 'POST', '/v1/orders', { body: order('ANA@example.com') });
      expect(placed.status).toBe(202);
      const { id } = bodyOf<OrderDto>(placed);
      expect((await send(kind, 'GET', `/v1/orders/${id}`)).status).toBe(200);
      expect((await send(kind, 'POST', `/v1/orders/${id}/cancel`)).status).toBe(200);
    });

    it('has idempotency keys that are independent of those of other callers', async () => {
      const key = `place ${kind}`;
      const clerk = await sendRequest(`${system.process('api').url}/v1/orders`, {
        method: 'POST',
        credential: apiKeyOf('clerk'),
        body: order(CUSTOMER_EMAIL),
        headers: { 'idempotency-key': key },
      });
      const customer = await send(kind, 'POST', '/v1/orders', { body: order(CUSTOMER_EMAIL), key });
      expect([clerk.status, customer.status]).toEqual([202, 202]);
      expect(customer.headers).not.toHaveProperty('idempotent-replayed');
      expect(bodyOf<OrderDto>(customer).id).not.toBe(bodyOf<OrderDto>(clerk).id);
      const repeated = await send(kind, 'POST', '/v1/orders', { body: order(CUSTOMER_EMAIL), key });
      expect(repeated.headers).toHaveProperty('idempotent-replayed', 'true');
      expect(repeated.text).toBe(customer.text);
    });
  });

  it('changes nothing of another customer by all of this', async () => {
    const { body } = await system.request<OrderDto>('GET', `/v1/orders/${others.id}`);
    expect(body).toEqual(others);
  });

  it('is refused with a token that has no verified address', async () => {
    const credential = await issuer.issue({
      roles: ['customer'],
      email: CUSTOMER_EMAIL,
      email_verified: false,
    });
    const answer = await sendRequest(`${system.process('api').url}/v1/orders/${own.id}`, { credential });
    expect([answer.status, bodyOf<Problem>(answer).code]).toEqual([403, 'email_not_verified']);
  });

  /** Locks the row of the other customer's order until the returned client is ended. */
  async function lockRows() {
    const client = new pg.Client(system.database.url);
    await client.connect();
    await client.query('BEGIN');
    await client.query('SELECT id FROM orders WHERE id = $1 FOR UPDATE', [others.id]);
    return client;
  }
});
