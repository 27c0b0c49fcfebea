import { MailSink } from '../faults/mail-sink.js';
import { Collector, type CollectedSpan } from '../support/collector.js';
import { exportedMetrics } from '../support/exported-metrics.js';
import { parseMetrics } from '../support/metrics.js';
import { APPS, System, type App } from '../support/system.js';
import { until } from '../support/until.js';

const CALLER = '00f067aa0ba902b7';

/** The apps whose spans CHAIN lists. Another worker adds spans of its own to the trace of an order. */
const FLOW_APPS: readonly App[] = ['api', 'order-worker', 'stock-worker', 'notify-worker'];

/** A trace as a tree: a line for each span, below its parent, each parent's in the order of their names. */
function treeOf(spans: CollectedSpan[], parent: string, depth = 0): string[] {
  return spans
    .filter(({ parentSpanId }) => parentSpanId === parent)
    .sort((a, b) => a.name.localeCompare(b.name))
    .flatMap((span) => [
      `${'  '.repeat(depth)}${span.app}: ${span.name} (${span.kind})`,
      ...treeOf(spans, span.spanId, depth + 1),
    ]);
}

/** The whole chain. Nobody is to hear of low stock, so that message has no transaction. */
const CHAIN = `
api: POST /v1/orders (server)
  api: publish stock_events:order.created (producer)
    order-worker: process stock_events:order.created:order_queue (consumer)
      order-worker: publish stock_events:stock.reserve (producer)
        stock-worker: process stock_events:stock.reserve:stock_queue (consumer)
          stock-worker: publish stock_events:order.processed (producer)
            notify-worker: process stock_events:order.processed:notify_queue (consumer)
              notify-worker: send order_processed (client)
                notify-worker: transaction (client)
              notify-worker: transaction (client)
          stock-worker: publish stock_events:stock.updated (producer)
            notify-worker: process stock_events:stock.updated:notify_queue (consumer)
          stock-worker: transaction (client)
      order-worker: transaction (client)
  api: transaction (client)`
  .trim()
  .split('\n');

describe('What the processes tell of themselves', () => {
  const sink = new MailSink();
  let collector: Collector;
  let system: System;
  beforeAll(async () => {
    [collector] = await Promise.all([Collector.start(), sink.start()]);
    const environment = {
      ...collector.environment,
      ...{ SMTP_URL: `smtp://127.0.0.1:${sink.port}`, AUDIT_INTERVAL_SECONDS: '1' },
    };
    system = await System.start({ environment });
  });
  afterAll(async () => {
    await system.stop();
    await Promise.all([collector.stop(), sink.stop()]);
  });

  const metricsOf = async (app: App) =>
    parseMetrics(await (await fetch(`${system.process(app).url}/metrics`)).text());

  async function place(
    traceId: string,
    product_id: number,
    customer = { name: 'Ana', email: 'ana@example.com' },
  ) {
    const response = await fetch(`${system.process('api').url}/v1/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', traceparent: `00-${traceId}-${CALLER}-01` },
      body: JSON.stringify({ customer, items: [{ product_id, quantity: 1 }] }),
    });
    expect(response.status).toBe(202);
    return ((await response.json()) as { id: number }).id;
  }

  const whole = (traceId: string) =>
    until(`trace ${traceId} to be whole`, () => {
      const spans = collector.of(traceId).filter(({ app }) => FLOW_APPS.some((flowApp) => flowApp === app));
      return spans.length >= CHAIN.length && spans;
    });

  it('one trace leads from the request to the mail', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const id = await place(traceId, await system.product(5));
    const spans = await whole(traceId);
    expect(treeOf(spans, CALLER)).toEqual(CHAIN);

    const published = spans.find(({ name }) => name === 'publish stock_events:order.created')!;
    const { [`messaging.message.id`]: messageId } = published.attributes;
    expect(published.attributes).toMatchObject({
      'messaging.system': 'rabbitmq',
      'messaging.operation.type': 'send',
      'messaging.destination.name': 'stock_events:order.created',
    });
    const processed = spans.find(({ name }) => name.startsWith('process stock_events:order.created'))!;
    expect(processed.attributes).toMatchObject({
      'messaging.operation.type': 'process',
      'messaging.message.id': messageId,
      'estoque.attempt': 1,
    });

    const handled = system.process('order-worker').handled('order.created');
    expect(handled.find(({ order_id }) => order_id === id)).toMatchObject({
      ...{ event: 'order.created', event_id: messageId, order_id: id, trace_id: traceId, attempt: 1 },
      duration_ms: expect.any(Number) as number,
    });
  });

  it('a transaction of many messages is part of none of their traces, and links them all', async () => {
    const product_id = await system.product(50);
    const traceIds = Array.from({ length: 20 }, (_, n) => (n + 1).toString(16).padStart(32, 'a'));
    await Promise.all(traceIds.map((traceId) => place(traceId, product_id)));
    for (const traceId of traceIds) {
      const mails = () => collector.of(traceId).filter(({ name }) => name === 'send order_processed');
      await until(`the mail of ${traceId}`, () => mails().length === 1);
    }
    const shared = collector.spans.filter(({ name, links }) => name === 'transaction' && links.length > 1);
    expect(shared.length).toBeGreaterThan(0);
    const linked = shared.find(({ app }) => app === 'api')!;
    expect(linked.parentSpanId).toBeUndefined();
    expect(traceIds).not.toContain(linked.traceId);
    for (const { traceId, spanId } of linked.links)
      expect(collector.of(traceId).find((span) => span.spanId === spanId)!.name).toBe('POST /v1/orders');
  });

  it('nobody’s name or address is in any log line or span, whatever goes wrong', async () => {
    const [name, email] = ['Zulmira Quixote', 'zulmira@example.com'];
    sink.mood = {
      recipient: (address) => (address === email ? { code: 550, text: `no such user ${email}` } : undefined),
    };
    const id = await place('b'.repeat(32), await system.product(1), { name, email });
    await system.externalClient.publish('order.created', Buffer.from(`${name} <${email}>`));
    await system.externalClient.publish('order.created', {
      event: 'order.created',
      order_id: name,
      customer: { name, email },
    });
    await until('the mail to be refused', () =>
      system
        .process('notify-worker')
        .logs.some(({ msg, order_id }) => msg === 'mail refused' && order_id === id),
    );
    const parked = () => system.process('order-worker').logs.filter(({ msg }) => msg === 'dead-lettered');
    await until('both messages to be parked', () => parked().length === 2);
    await until('the spans of all three', () =>
      ['mail_refused', 'invalid_json', 'broken_contract'].every((code) =>
        collector.spans.some(({ attributes }) => attributes['error.type'] === code),
      ),
    );
    for (const app of APPS) expect(system.process(app).output.join('\n')).not.toMatch(/zulmira|quixote/i);
    expect(JSON.stringify(collector.spans)).not.toMatch(/zulmira|quixote/i);
  });

  it('each app measures what it is said to measure', async () => {
    await until(
      'an audit',
      async () => (await metricsOf('order-worker')).values.get('estoque_audit_discrepancies') === 0,
    );
    const exported = Object.entries(await exportedMetrics());
    for (const app of APPS) {
      const { names } = await metricsOf(app);
      const said = exported.filter(([, { apps }]) => apps.includes(app)).map(([name]) => name);
      expect(names.toSorted()).toEqual(said.toSorted());
    }
  });

  it('counts what became of orders, messages and mails', async () => {
    const product_id = await system.product(0);
    const { id } = await system.order([{ product_id, quantity: 1 }]);
    await system.orderIn('rejected', id);
    expect((await fetch(`${system.process('api').url}/nowhere/${id}`)).status).toBe(404);

    const expected: [App, string, number][] = [
      ['api', 'estoque_orders_total{status="pending"}', 23],
      [
        'api',
        'estoque_http_request_duration_seconds_count{method="POST",route="/v1/orders",status="202"}',
        23,
      ],
      ['api', 'estoque_http_request_duration_seconds_count{method="GET",route="none",status="404"}', 1],
      ['api', 'estoque_dead_letters_collected_total{queue="order_queue"}', 2],
      ['order-worker', 'estoque_orders_total{status="reserved"}', 22],
      ['order-worker', 'estoque_orders_total{status="rejected"}', 1],
      ['order-worker', 'estoque_order_rejections_total{reason="out_of_stock"}', 1],
      ['order-worker', 'estoque_orders_open{status="reserved"}', 0],
      ['order-worker', 'estoque_reservations_active', 0],
      [
        'order-worker',
        'estoque_event_handling_duration_seconds_count{event="order.created",outcome="done"}',
        23,
      ],
      [
        'order-worker',
        'estoque_event_handling_duration_seconds_count{event="order.created",outcome="dead_letter"}',
        2,
      ],
      ['order-worker', 'estoque_consumer_up', 1],
      ['order-worker', 'estoque_consumer_in_flight', 0],
      ['stock-worker', 'estoque_orders_total{status="processed"}', 22],
      ['stock-worker', 'estoque_events_published_total{event="order.processed"}', 22],
      ['notify-worker', 'estoque_mails_total{kind="order_processed",outcome="sent"}', 21],
      ['notify-worker', 'estoque_mails_total{kind="order_processed",outcome="refused"}', 1],
      ['notify-worker', 'estoque_mails_total{kind="order_rejected",outcome="sent"}', 1],
      ['notify-worker', 'estoque_mails_waiting', 0],
    ];
    const read = async () => {
      const apps = Object.fromEntries(
        await Promise.all(APPS.map(async (app) => [app, (await metricsOf(app)).values] as const)),
      );
      return expected.map(([app, series]) => [app, series, apps[app]!.get(series)]);
    };
    await until('the last mail', async () => (await read()).at(-2)![2] === 1);
    expect(await read()).toEqual(expected);
    const { values } = await metricsOf('api');
    expect(values.get('estoque_database_connections{state="idle"}')).toBeGreaterThan(0);
  });
});
