import { APP_NAMES, FLOW_APPS, type AppName } from '../../apps/manifest.js';
import { MailSink } from '../faults/mail-sink.js';
import { OtlpCollector, type CollectedSpan } from '../support/otlp-collector.js';
import { exportedMetrics } from '../support/exported-metrics.js';
import { parseMetrics } from '../support/metrics.js';
import { System } from '../support/system.js';
import { dataOf } from '../support/test-client.js';
import { until } from '../support/until.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';

/** Span id of the external client that calls the API. */
const CALLER = '00f067aa0ba902b7';

/** Formats a trace as a tree: one line per span, indented below its parent, siblings sorted by name. */
function formatTree(spans: CollectedSpan[], parent: string, depth = 0): string[] {
  return spans
    .filter(({ parentSpanId }) => parentSpanId === parent)
    .sort((a, b) => a.name.localeCompare(b.name))
    .flatMap((span) => [
      `${'  '.repeat(depth)}${span.app}: ${span.name} (${span.kind})`,
      ...formatTree(spans, span.spanId, depth + 1),
    ]);
}

/** Expected spans of one order in FLOW_APPS. STOCK_ALERT_EMAIL is unset, so handling stock.updated needs no transaction. */
const EXPECTED_TREE = `
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

describe('Telemetry', () => {
  const sink = new MailSink();
  let collector: OtlpCollector;
  let system: System;
  beforeAll(async () => {
    [collector] = await Promise.all([OtlpCollector.start(), sink.start()]);
    const environment = {
      ...collector.environment,
      SMTP_URL: `smtp://127.0.0.1:${sink.port}`,
      AUDIT_INTERVAL_SECONDS: '1',
      // Nothing listens there: the charge has no outcome.
      PAYMENT_GATEWAY_URL: 'http://127.0.0.1:1',
      WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8',
    };
    system = await System.start({ environment });
  });
  afterAll(async () => {
    await system.stop();
    await Promise.all([collector.stop(), sink.stop()]);
  });

  const readMetrics = async (app: AppName) =>
    parseMetrics(await (await fetch(`${system.process(app).url}/metrics`)).text());

  async function placeOrder(
    traceId: string,
    product_id: number,
    customer = { name: 'Ana', email: 'ana@example.com' },
  ) {
    const body = { customer, items: [{ product_id, quantity: 1 }] };
    const headers = { traceparent: `00-${traceId}-${CALLER}-01` };
    return (await dataOf(system.api.POST('/v1/orders', { body, headers }))).id;
  }

  const waitForTrace = (traceId: string) =>
    until(`trace ${traceId} to be complete`, () => {
      const spans = collector
        .spansOfTrace(traceId)
        .filter(({ app }) => FLOW_APPS.some((flowApp) => flowApp === app));
      return spans.length >= EXPECTED_TREE.length && spans;
    });

  it('records one trace from the HTTP request to the mail', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const id = await placeOrder(traceId, await system.createProduct(5));
    const spans = await waitForTrace(traceId);
    expect(formatTree(spans, CALLER)).toEqual(EXPECTED_TREE);

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

    const handled = system.process('order-worker').handledEvents('order.created');
    expect(handled.find(({ order_id }) => order_id === id)).toMatchObject({
      event: 'order.created',
      event_id: messageId,
      order_id: id,
      trace_id: traceId,
      attempt: 1,
      duration_ms: expect.any(Number) as number,
    });
  });

  it('records a transaction of several messages in a trace of its own, with a link to each message', async () => {
    const product_id = await system.createProduct(50);
    const traceIds = Array.from({ length: 20 }, (_, n) => (n + 1).toString(16).padStart(32, 'a'));
    await Promise.all(traceIds.map((traceId) => placeOrder(traceId, product_id)));
    for (const traceId of traceIds) {
      const mails = () =>
        collector.spansOfTrace(traceId).filter(({ name }) => name === 'send order_processed');
      await until(`the mail of ${traceId}`, () => mails().length === 1);
    }
    const sharedTransactions = collector.spans.filter(
      ({ name, links }) => name === 'transaction' && links.length > 1,
    );
    expect(sharedTransactions.length).toBeGreaterThan(0);
    const linked = sharedTransactions.find(({ app }) => app === 'api')!;
    expect(linked.parentSpanId).toBeUndefined();
    expect(traceIds).not.toContain(linked.traceId);
    for (const { traceId, spanId } of linked.links)
      expect(collector.spansOfTrace(traceId).find((span) => span.spanId === spanId)!.name).toBe(
        'POST /v1/orders',
      );
  });

  it('writes no personal data to logs or spans, even if handling fails', async () => {
    const [name, email] = ['Zulmira Quixote', 'zulmira@example.com'];
    sink.refusals = {
      recipient: (address) => (address === email ? { code: 550, text: `no such user ${email}` } : undefined),
    };
    const id = await placeOrder('b'.repeat(32), await system.createProduct(1), { name, email });
    await system.externalClient.publish('order.created', Buffer.from(`${name} <${email}>`));
    await system.externalClient.publish('order.created', {
      event: 'order.created',
      order_id: name,
      customer: { name, email },
    });
    await until('the mail to be refused', () =>
      system
        .process('notify-worker')
        .logs.some(({ msg, order_id }) => msg === 'mail failed permanently' && order_id === id),
    );
    const deadLettered = () =>
      system.process('order-worker').logs.filter(({ msg }) => msg === 'dead-lettered');
    await until('both messages to be dead-lettered', () => deadLettered().length === 2);
    await until('the spans of all three failures', () =>
      ['mail_refused', 'invalid_json', 'broken_contract'].every((code) =>
        collector.spans.some(({ attributes }) => attributes['error.type'] === code),
      ),
    );
    for (const app of APP_NAMES)
      expect(system.process(app).output.join('\n')).not.toMatch(/zulmira|quixote/i);
    expect(JSON.stringify(collector.spans)).not.toMatch(/zulmira|quixote/i);
  });

  it('exports exactly the metrics that are listed for each app', async () => {
    await until(
      'an audit',
      async () =>
        (await readMetrics('order-worker')).values.get('estoque_audit_products_with_discrepancies') === 0,
    );
    const exported = Object.entries(await exportedMetrics());
    for (const app of APP_NAMES) {
      const { names } = await readMetrics(app);
      const listed = exported.filter(([, { apps }]) => apps.includes(app)).map(([name]) => name);
      expect(names.toSorted()).toEqual(listed.toSorted());
    }
  });

  it('counts orders, messages and mails by their outcome', async () => {
    const product_id = await system.createProduct(0);
    const { id } = await system.placeOrder([{ product_id, quantity: 1 }]);
    await system.waitForOrderStatus(id, 'rejected');
    expect((await fetch(`${system.process('api').url}/nowhere/${id}`)).status).toBe(404);

    const expected: [AppName, string, number][] = [
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
      ['order-worker', 'estoque_orders_in_progress{status="reserved"}', 0],
      ['order-worker', 'estoque_reservations_active', 0],
      [
        'order-worker',
        'estoque_event_handling_duration_seconds_count{event="order.created",outcome="done"}',
        23,
      ],
      [
        'order-worker',
        'estoque_event_handling_duration_seconds_count{event="order.created",outcome="dead_lettered"}',
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
    const readSeries = async () => {
      const apps = Object.fromEntries(
        await Promise.all(APP_NAMES.map(async (app) => [app, (await readMetrics(app)).values] as const)),
      );
      return expected.map(([app, series]) => [app, series, apps[app]!.get(series)]);
    };
    await until('the last mail', async () => {
      const [lastMail, waiting] = (await readSeries()).slice(-2);
      return lastMail![2] === 1 && waiting![2] === 0;
    });
    expect(await readSeries()).toEqual(expected);
    const { values } = await readMetrics('api');
    expect(values.get('estoque_database_connections{state="idle"}')).toBeGreaterThan(0);
  });

  it('records the request to the payment gateway in the trace of the order', async () => {
    const traceId = 'b'.repeat(32);
    const body = {
      customer: { name: 'Ana', email: 'ana@example.com' },
      items: [{ product_id: await system.createProduct(5), quantity: 1 }],
      payment: { method: 'tok_ok' },
    };
    const headers = { traceparent: `00-${traceId}-${CALLER}-01` };
    const { id } = await dataOf(system.api.POST('/v1/orders', { body, headers }));
    const charge = await until('the span', () =>
      collector.spansOfTrace(traceId).find(({ name }) => name === 'charge'),
    );
    expect(charge).toMatchObject({
      app: 'payment-worker',
      kind: 'client',
      attributes: { 'estoque.order.id': id, 'estoque.payment.outcome': 'unknown' },
    });
  });

  it('continues the trace in the request to a webhook receiver', async () => {
    const receiver = await WebhookReceiver.start();
    const body = { url: receiver.url, events: ['order.processed' as const] };
    const { id } = await dataOf(system.api.POST('/v1/webhook-endpoints', { body }));
    const traceId = 'c'.repeat(32);
    await placeOrder(traceId, await system.createProduct(5));
    const span = await until('the span of the request', () =>
      collector.spansOfTrace(traceId).find(({ name }) => name === 'webhook order.processed'),
    );
    expect([span.app, span.kind]).toEqual(['notify-worker', 'client']);
    expect(span.attributes).toMatchObject({
      'http.request.method': 'POST',
      'http.response.status_code': 200,
      'estoque.webhook_endpoint.id': id,
    });
    expect(JSON.stringify(span)).not.toContain(new URL(receiver.url).host);
    await system.api.DELETE('/v1/webhook-endpoints/{id}', { params: { path: { id } } });
    await receiver.stop();
  });
});
