import type { Problem } from '@estoque/platform';
import { randomUUID } from 'node:crypto';
import { FLOW_APPS } from '../../apps/manifest.js';
import type { AppProcess } from '../support/app-process.js';
import { fetchMailsTo } from '../support/mailbox.js';
import { parseMetrics } from '../support/metrics.js';
import { System } from '../support/system.js';
import { until } from '../support/until.js';

const LIMIT = 20;

interface NotificationPage {
  data: { id: number; order_id: number; state: string; recipient: string; last_error: string | null }[];
  has_more: boolean;
  next_cursor: string | null;
}

describe('Mails to one recipient', () => {
  let system: System;
  let replicas: AppProcess[];
  let product_id: number;
  beforeAll(async () => {
    const environment = { MAILS_PER_RECIPIENT_PER_HOUR: String(LIMIT) };
    system = await System.start({ apps: FLOW_APPS, environment });
    replicas = [system.process('notify-worker'), system.launchReplica('notify-worker')];
    await replicas[1]!.waitUntilReady();
    product_id = await system.createProduct(10_000);
  });
  afterAll(async () => {
    await replicas[1]?.stop();
    await system.stop();
  });

  const newAddress = () => `ana-${randomUUID()}@example.com`;
  const placeOrder = (email: string, fields: Record<string, unknown> = {}) =>
    system.placeOrder([{ product_id, quantity: 1 }], { customer: { name: 'Ana Souza', email }, ...fields });
  /** Waits until every mail to the address is sent or withheld. @returns the number of mails by state */
  const waitForDecisions = (email: string, orders: number) =>
    until(
      `the mails about ${orders} orders to be sent or withheld`,
      async () => {
        const rows = await system.sql<{ state: string; count: number }>(
          'SELECT state, count(*)::int AS count FROM notifications WHERE recipient = $1 GROUP BY state',
          [email],
        );
        const counts = Object.fromEntries(rows.map(({ state, count }) => [state, count]));
        return (counts.sent ?? 0) + (counts.withheld ?? 0) === orders && counts;
      },
      { seconds: 40 },
    );
  async function countWithheldInMetrics() {
    let sum = 0;
    for (const { url } of replicas) {
      const { values } = parseMetrics(await (await fetch(`${url}/metrics`)).text());
      sum += values.get('estoque_mails_withheld_total{kind="order_processed"}')!;
    }
    return sum;
  }
  /** All withheld mails to an address, as the API lists them. */
  async function listWithheld(email: string) {
    const found: NotificationPage['data'] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const query: string = cursor && `&cursor=${cursor}`;
      const { body } = await system.request<NotificationPage>(
        'GET',
        `/v1/notifications?state=withheld&limit=100${query}`,
      );
      found.push(...body.data.filter(({ recipient }) => recipient === email));
      cursor = body.next_cursor;
    }
    return found;
  }
  const resend = (id: number, headers: Record<string, string> = {}) =>
    system.fetch(`/v1/notifications/${id}/resend`, { method: 'POST', headers });
  const passHour = () =>
    system.sql(
      `UPDATE mail_quotas SET counted_at = ARRAY(SELECT at - interval '1 hour' FROM unnest(counted_at) AS at)`,
    );

  it('are at most 20 within an hour if 200 orders are placed at once, and another customer gets all of five', async () => {
    const [victim, customer] = [newAddress(), newAddress()];
    const before = await countWithheldInMetrics();
    await Promise.all([
      ...Array.from({ length: 200 }, () => placeOrder(victim)),
      ...Array.from({ length: 5 }, () => placeOrder(customer)),
    ]);
    expect(await waitForDecisions(customer, 5)).toEqual({ sent: 5 });
    expect(await waitForDecisions(victim, 200)).toEqual({ sent: LIMIT, withheld: 200 - LIMIT });
    expect(await fetchMailsTo(victim)).toHaveLength(LIMIT);
    expect(await fetchMailsTo(customer)).toHaveLength(5);
    // Both replicas took part.
    for (const replica of replicas)
      expect(replica.handledEvents('order.processed').length).toBeGreaterThan(0);
    expect((await countWithheldInMetrics()) - before).toBe(200 - LIMIT);

    const withheld = await listWithheld(victim);
    expect(withheld).toHaveLength(200 - LIMIT);
    for (const { last_error } of withheld)
      expect(last_error).toBe('not sent: its recipient has got the maximum number of mails within an hour');
    const orders = await system.sql<{ open: number }>(
      'SELECT count(*) FILTER (WHERE closed_at IS NULL)::int AS open FROM orders WHERE customer_email = $1',
      [victim],
    );
    expect(orders).toEqual([{ open: 0 }]);

    // An operator sends a withheld mail later.
    const refused = await resend(withheld[0]!.id, { 'idempotency-key': '"first"' });
    const problem = (await refused.json()) as Problem;
    expect([refused.status, problem.code]).toEqual([429, 'mail_limit_reached']);
    expect(refused.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    const seconds = Number(refused.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(3_500);
    expect(seconds).toBeLessThanOrEqual(3_600);
    await passHour();
    // The refusal is not the answer to a repetition of the request.
    expect((await resend(withheld[0]!.id, { 'idempotency-key': '"first"' })).status).toBe(202);
    await until('the mail', async () => (await fetchMailsTo(victim)).length === LIMIT + 1);
  });

  it('are at most 20 within an hour if one of them is sent again and again', async () => {
    const victim = newAddress();
    const { id: orderId } = await placeOrder(victim);
    await waitForDecisions(victim, 1);
    const { body } = await system.request<NotificationPage>('GET', `/v1/notifications?order_id=${orderId}`);
    const { id } = body.data[0]!;
    const statuses = new Set<number>();
    let accepted = 0;
    while (!statuses.has(429)) {
      const { status } = await system.request('POST', `/v1/notifications/${id}/resend`);
      statuses.add(status);
      if (status === 202) accepted += 1;
    }
    expect(accepted).toBe(LIMIT - 1);
    expect([...statuses].filter((status) => ![202, 409, 429].includes(status))).toEqual([]);
    await waitForDecisions(victim, 1);
    expect(await fetchMailsTo(victim)).toHaveLength(LIMIT);
  });

  it('contain no words of the client that placed the order, except a name and a reference that look like such', async () => {
    const address = newAddress();
    const words = 'https://evil.example/prize Visit evil.example or call +55 11 5555-0199, code 7, to win';
    const attacks = [
      { name: words, reference: words },
      { name: 'evil.example', reference: 'evil.example' },
      { name: '<a href="//evil.example">Ana</a>', reference: '<img src=//evil.example/7>' },
      { name: 'Ana "evil@evil.example" <evil@evil.example>', reference: 'evil@evil.example 7' },
      { name: '{{lines}} ${evil}', reference: '{{lines}} ${evil7}' },
      { name: 'evil '.repeat(30), reference: 'evil7 '.repeat(30) },
    ];
    for (const { name, reference } of attacks)
      for (const locale of ['en', 'pt-BR'])
        await placeOrder(address, { customer: { name, email: address }, reference, locale });
    await waitForDecisions(address, attacks.length * 2);
    const mails = await fetchMailsTo(address);
    expect(mails).toHaveLength(attacks.length * 2);
    for (const { subject, text, html, to, headers } of mails) {
      const everything = JSON.stringify([subject, text, html, to, headers]);
      expect(everything).not.toMatch(/evil|href|src=|5555|prize|eference|eferência/);
      expect(text).toMatch(/^(Hello,|Olá!)\r?\n/);
      expect(html).toMatch(/Hello, thank you|Olá! Obrigado/);
    }

    const other = newAddress();
    const customer = { name: "Ana D'Ávila-Souza", email: other };
    await placeOrder(other, { customer, reference: 'PO-2026/118' });
    await waitForDecisions(other, 1);
    const [mail] = await fetchMailsTo(other);
    expect(mail!.text).toMatch(/^Hello Ana D'Ávila-Souza,\r?\n/);
    expect(mail!.text).toContain('Your reference: PO-2026/118');
    expect(mail!.to).toEqual([{ address: other, name: customer.name }]);
  });
});
