import type { OrderDto } from '@estoque/client';
import type { Problem } from '@estoque/platform';
import { randomUUID } from 'node:crypto';
import { FLOW_APPS } from '../../apps/manifest.js';
import { findTextInQueues, findTextInTables } from '../support/find-text.js';
import { fetchMailsTo } from '../support/mailbox.js';
import { System } from '../support/system.js';
import { until } from '../support/until.js';

interface CustomerData {
  data: {
    order: OrderDto;
    placed_by: string;
    placed_from: string;
    notifications: { id: number; kind: string; recipient: string; state: string }[];
    changes: { action: string; actor: string }[];
  }[];
  api_keys: { id: number; customer_email: string }[];
  has_more: boolean;
  next_cursor: string | null;
}
interface Erasure {
  id: number;
  state: string;
  orders: number;
  notifications: number;
  dead_letters: number;
  answers: number;
}

/** A person whose data no other test has. */
function createPerson() {
  const word = `p${randomUUID().replaceAll('-', '')}`;
  return {
    /** Occurs in everything that says who the person is. */
    word,
    customer: { name: `Élise ${word}`, email: `Elise.${word}@Example.com` },
    fields: { reference: `order of ${word}`, metadata: { phone: word }, locale: 'pt-BR' as const },
  };
}
type Person = ReturnType<typeof createPerson>;

describe('Personal data of a customer', () => {
  let system: System;
  let product_id: number;
  beforeAll(async () => {
    system = await System.start({ apps: FLOW_APPS });
    product_id = await system.createProduct(100);
  });
  afterAll(() => system.stop());

  const dataPath = ({ customer }: Person) => `/v1/customers/${encodeURIComponent(customer.email)}/data`;
  const placeFor = (person: Person, quantity = 1) =>
    system.placeOrder([{ product_id, quantity }], { customer: person.customer, ...person.fields });
  const post = (path: string, key: string, body?: unknown, credential?: string) =>
    system.fetch(path, {
      method: 'POST',
      headers: {
        'idempotency-key': key,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(credential !== undefined && { authorization: `Bearer ${credential}` }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  const waitForErasure = (id: number) =>
    until(`erasure ${id} to be finished`, async () => {
      const { body } = await system.request<Erasure>('GET', `/v1/operations/erasures/${id}`);
      return body.state === 'finished' && body;
    });
  const mailsOf = async (orderId: number) => {
    const path = `/v1/notifications?order_id=${orderId}`;
    return (await system.request<{ data: CustomerData['data'][0]['notifications'] }>('GET', path)).body.data;
  };
  const waitForMail = (orderId: number) =>
    until(`the mail about order ${orderId}`, async () => {
      const [mail] = await mailsOf(orderId);
      return mail?.state === 'sent' && mail;
    });
  const findInTables = ({ word }: Person) =>
    findTextInTables({ query: (text, values) => system.sql(text, values) }, [word]);
  const findInQueues = ({ word }: Person) => findTextInQueues(system.vhost.url, [word]);
  const findInLogs = ({ word }: Person) =>
    [...system.processes.values()].flatMap(({ output }) => output.filter((line) => line.includes(word)));

  /** Leaves the person in every table that can contain them. @returns the ids of the orders */
  async function createTraces(person: Person) {
    const key = await createKeyOf(person);
    const processed = await placeFor(person);
    await system.waitForOrderStatus(processed.id, 'processed');
    const rejected = await placeFor(person, 1_000);
    await system.waitForOrderStatus(rejected.id, 'rejected');
    await system.process('order-worker').stop();
    const cancelled = await placeFor(person);
    const cancelling = await post(
      `/v1/orders/${cancelled.id}/cancel`,
      `cancel ${cancelled.id}`,
      undefined,
      key.key,
    );
    expect(cancelling.status).toBe(200);
    await system.launch('order-worker').waitUntilReady();
    const body = { customer: person.customer, ...person.fields, items: [{ product_id, quantity: 1 }] };
    const place = () => post('/v1/orders', `order of ${processed.id}`, body, key.key);
    const keyed = await place();
    expect(keyed.status).toBe(202);
    const keyedId = ((await keyed.json()) as { id: number }).id;
    const ids = [processed.id, rejected.id, cancelled.id, keyedId];
    for (const id of ids) await waitForMail(id);
    const { id: mailId } = await waitForMail(processed.id);
    expect((await post(`/v1/notifications/${mailId}/resend`, `resend ${mailId}`)).status).toBe(202);
    await waitForMail(processed.id);
    await system.externalClient.publish('order.created', Buffer.from(`{"note": "${person.customer.email}"`));
    await until('the dead letter', async () => (await findInTables(person)).includes('dead_letters'));
    return { ids, cancelledId: cancelled.id, place, key: key.key };
  }

  const createKeyOf = async ({ word, customer }: Person) =>
    (
      await system.request<{ id: number; key: string }>('POST', '/v1/api-keys', {
        name: `key of ${word}`,
        role: 'customer',
        customer_email: customer.email,
      })
    ).body;

  it('is exported by page, with the mails, with who placed each order, and with the keys', async () => {
    const person = createPerson();
    const key = await createKeyOf(person);
    const ids: number[] = [];
    for (let count = 0; count < 3; count++) ids.unshift((await placeFor(person)).id);
    for (const id of ids) await waitForMail(id);
    const path = `${dataPath(person)}?limit=2`;
    const first = (await system.request<CustomerData>('GET', path)).body;
    const second = (await system.request<CustomerData>('GET', `${path}&cursor=${first.next_cursor}`)).body;
    expect([first.has_more, second.has_more]).toEqual([true, false]);
    const exported = [...first.data, ...second.data];
    expect(exported.map(({ order }) => order.id)).toEqual(ids);
    expect(exported[0]).toMatchObject({
      order: { customer: person.customer, metadata: person.fields.metadata },
      placed_by: expect.stringMatching(/^key:\d+$/) as string,
      placed_from: '127.0.0.1',
      notifications: [{ kind: 'order_processed', recipient: person.customer.email, state: 'sent' }],
      changes: [],
    });
    for (const { api_keys } of [first, second])
      expect(api_keys).toMatchObject([{ id: key.id, customer_email: person.customer.email }]);
    const nobody = await system.request<CustomerData>('GET', dataPath(createPerson()));
    expect(nobody).toMatchObject({ status: 200, body: { data: [], has_more: false, api_keys: [] } });
  });

  it('is in no table, queue or log after an erasure, and everything else is as before', async () => {
    const person = createPerson();
    const { ids, cancelledId, place, key } = await createTraces(person);
    const before = await Promise.all(
      ids.map(async (id) => (await system.request<OrderDto>('GET', `/v1/orders/${id}`)).body),
    );
    const exported = (await system.request<CustomerData>('GET', dataPath(person))).body.data;
    expect(exported.find(({ order }) => order.id === cancelledId)?.changes).toMatchObject([
      { action: 'order.cancelled', actor: expect.stringMatching(/^customer:key:/) as string },
    ]);
    const movements = await system.sql('SELECT * FROM movements ORDER BY id');
    expect(await findInTables(person)).toEqual([
      'api_keys',
      'dead_letters',
      'idempotency_keys',
      'notifications',
      'orders',
    ]);

    const requested = await system.request<Erasure>('DELETE', dataPath(person));
    const { id } = requested.body;
    expect(requested.status).toBe(202);
    expect(requested.headers.get('location')).toBe(`/v1/operations/erasures/${id}`);
    expect(await waitForErasure(id)).toMatchObject({ orders: 4, notifications: 4, dead_letters: 1 });

    expect(await findInTables(person)).toEqual([]);
    expect(await findInQueues(person)).toEqual([]);
    expect(findInLogs(person)).toEqual([]);
    for (const [index, orderId] of ids.entries()) {
      const { body } = await system.request<OrderDto>('GET', `/v1/orders/${orderId}`);
      expect(body).toEqual({
        ...before[index],
        customer: { name: 'Erased', email: 'erased@erased.invalid' },
        reference: null,
        metadata: {},
      });
    }
    expect(await system.sql('SELECT * FROM movements ORDER BY id')).toEqual(movements);
    await system.expectLedgerReconciles();
    expect((await system.request<CustomerData>('GET', dataPath(person))).body.data).toEqual([]);
    const log = await system.request<{ data: object[] }>('GET', `/v1/audit-log?object=erasure:${id}`);
    expect(log.body.data).toMatchObject([{ action: 'erasure.requested' }]);
    const ofOrder = await system.request<{ data: object[] }>(
      'GET',
      `/v1/audit-log?object=order:${cancelledId}`,
    );
    expect(ofOrder.body.data).toMatchObject([
      { action: 'order.cancelled', actor: 'customer:erased', address: null },
    ]);

    const [mail] = await mailsOf(ids[0]!);
    const resent = await system.request<Problem>('POST', `/v1/notifications/${mail!.id}/resend`);
    expect([resent.status, resent.body.code]).toEqual([409, 'notification_erased']);
    // The key of the customer is revoked, in every process within 5 s.
    const isRevoked = async () =>
      (await system.fetch('/v1/orders', { headers: { authorization: `Bearer ${key}` } })).status === 401;
    await until('the key to be refused', isRevoked);
    expect((await place()).status).toBe(401);
    expect(await fetchMailsTo('erased@erased.invalid')).toEqual([]);
  });

  it('is erased from a message that waits in a queue when the message becomes a dead letter', async () => {
    const person = createPerson();
    await waitForMail((await placeFor(person)).id);
    await system.process('order-worker').stop();
    const message = {
      event: 'order.created',
      order_id: 999_999,
      items: [{ product_id, quantity: 1 }],
      note: `call ${person.customer.email}`,
    };
    await system.externalClient.publish('order.created', message);
    const { body } = await system.request<Erasure>('DELETE', dataPath(person));
    await waitForErasure(body.id);
    expect(await findInQueues(person)).toEqual(['order_queue']);
    await system.launch('order-worker').waitUntilReady();
    const [deadLetter] = await until('the dead letter', async () => {
      const rows = await system.sql<{ id: number; state: string; reason: string }>(
        `SELECT id, state, reason FROM dead_letters WHERE subject = '{"order_id":999999}'`,
      );
      return rows.length > 0 && rows;
    });
    expect(deadLetter).toMatchObject({ state: 'discarded', reason: 'erased' });
    expect(await findInTables(person)).toEqual([]);
    expect(await findInQueues(person)).toEqual([]);
    expect(findInLogs(person)).toEqual([]);
  });

  it('is not erased while an order is not finished', async () => {
    const person = createPerson();
    await system.process('order-worker').stop();
    const { id } = await placeFor(person);
    const refused = await system.request<Problem>('DELETE', dataPath(person));
    expect([refused.status, refused.body.code]).toEqual([409, 'customer_has_open_orders']);
    expect(refused.body.detail).toContain(`Order ${id}`);
    await system.request('POST', `/v1/orders/${id}/cancel`);
    await system.launch('order-worker').waitUntilReady();
    const { body } = await system.request<Erasure>('DELETE', dataPath(person));
    await waitForErasure(body.id);
    expect(await findInTables(person)).toEqual([]);
  });

  it.each(['ana', 'ana@', '%20@example.com', 'a%00b@example.com', `${'a'.repeat(250)}@example.com`])(
    'is not found under %s, which is no address',
    async (address) => {
      for (const method of ['GET', 'DELETE']) {
        const { status, body } = await system.request<Problem>(method, `/v1/customers/${address}/data`);
        expect([status, body.code]).toEqual([400, 'invalid_email']);
      }
    },
  );

  it('has no erasure with an unknown id', async () => {
    const { status, body } = await system.request<Problem>('GET', '/v1/operations/erasures/999999');
    expect([status, body.code]).toEqual([404, 'erasure_not_found']);
  });
});
