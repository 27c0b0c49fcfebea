import type { FlowProcessDto, JourneyDto } from '@estoque/client';
import type { Problem } from '@estoque/platform';
import { FLOW_APPS } from '../../apps/manifest.js';
import { callTestBrokerApi } from '../support/broker.js';
import { apiKeyOf, authorization, CUSTOMER_EMAIL } from '../support/credentials.js';
import { EventStream } from '../support/event-stream.js';
import { bodyOf, sendRequest } from '../support/send-request.js';
import { System } from '../support/system.js';
import { dataOf } from '../support/test-client.js';
import { until } from '../support/until.js';

describe('Watching the system', () => {
  let system: System;
  let product_id: number;
  beforeAll(async () => {
    system = await System.start({ apps: FLOW_APPS });
    product_id = await system.createProduct(10_000);
  });
  afterAll(() => system.stop());

  const items = () => [{ product_id, quantity: 1 }];
  const readFlow = () => dataOf(system.api.GET('/v1/operations/flow'));
  const streamUrl = (query = '') => `${system.process('api').url}/v1/stream${query}`;
  const placeFor = (email: string) => system.placeOrder(items(), { customer: { name: 'x', email } });
  /** Waits until a process that reports has the property. */
  const waitForFlow = (description: string, check: (flow: Awaited<ReturnType<typeof readFlow>>) => boolean) =>
    until(
      description,
      async () => {
        const flow = await readFlow();
        return check(flow) && flow;
      },
      { seconds: 30 },
    );

  describe('shows the flow:', () => {
    it('each process with state, version and handling times', async () => {
      await system.waitForOrderStatus((await system.placeOrder(items())).id, 'processed');
      const { processes } = await waitForFlow(
        'the processes to report the order',
        ({ processes: reported }) => {
          const hasHandled = ({ events }: FlowProcessDto) =>
            events.some(({ event, done }) => event === 'stock.reserve' && done > 0);
          return reported.some(hasHandled) && reported.every(({ state }) => state !== 'connecting');
        },
      );
      expect(processes.map(({ app }) => app).toSorted()).toEqual([...FLOW_APPS].toSorted());
      for (const { app, state, version, is_silent } of processes)
        expect({ app, state, version, is_silent }).toEqual({
          app,
          state: app === 'api' ? 'serving' : 'consuming',
          version: 'unreleased',
          is_silent: false,
        });
      const reserved = processes
        .find(({ app }) => app === 'stock-worker')!
        .events.find(({ event }) => event === 'stock.reserve')!;
      expect(reserved.p95_ms).toBeGreaterThan(0);
      expect(reserved.p95_ms).toBeGreaterThanOrEqual(reserved.p50_ms!);
    });

    it('a queue without a consumer, with the chapter of the runbook, until there is one again', async () => {
      await system.process('stock-worker').stop();
      await system.placeOrder(items());
      const { queues, processes, problems } = await waitForFlow('a message to wait', (flow) =>
        flow.queues.some(
          ({ name, messages, oldest_message_seconds: age }) =>
            name === 'stock_queue' && messages === 1 && age !== null && age > 1,
        ),
      );
      const ages = queues.filter(({ oldest_message_seconds: age }) => age !== null);
      expect(ages.map(({ name }) => name)).toEqual(['stock_queue']);
      expect(queues.find(({ name }) => name === 'stock_queue')).toMatchObject({
        kind: 'work',
        app: 'stock-worker',
        events: ['stock.reserve'],
        consumers: 0,
      });
      expect(processes.map(({ app }) => app)).not.toContain('stock-worker');
      expect(problems).toContainEqual({
        code: 'queue_without_consumer',
        subject: 'stock_queue',
        detail: 'No process consumes the queue. Messages that wait: 1.',
        runbook: 'estoqueconsumerdown',
      });
      await system.launch('stock-worker').waitUntilReady();
      await waitForFlow(
        'the queue to be consumed',
        (flow) =>
          flow.problems.every(({ subject }) => subject !== 'stock_queue') &&
          flow.queues.every(({ oldest_message_seconds: age }) => age === null),
      );
    });

    it('a process that ended without a shutdown, until its report is deleted', async () => {
      await system.sql(
        `INSERT INTO process_reports (instance, app, version, started_at, reported_at, report)
         VALUES ('ended-1', 'order-worker', '1', now() - interval '1 hour', now() - interval '21 seconds',
                 '{"state": "consuming", "orders": {}, "published": {}}'),
                ('ended-2', 'order-worker', '1', now() - interval '1 hour', now() - interval '11 minutes',
                 '{"state": "consuming", "orders": {}, "published": {}}')`,
      );
      try {
        const { problems } = await waitForFlow('the older one to be deleted', ({ processes }) => {
          const instances = processes.map(({ instance }) => instance);
          return instances.includes('ended-1') && !instances.includes('ended-2');
        });
        expect(problems.find(({ subject }) => subject === 'ended-1')).toMatchObject({
          code: 'process_silent',
        });
      } finally {
        await system.sql(`DELETE FROM process_reports WHERE instance = 'ended-1'`);
      }
    });

    it('orders, handling times and queues in the history', async () => {
      const before = await system.sql<{ count: number }>(
        `SELECT count(*)::int FROM order_timeline WHERE step = 'processed'`,
      );
      const readHistory = async (period: '15m' | '24h') =>
        dataOf(system.api.GET('/v1/operations/flow/history', { params: { query: { period } } }));
      await system.waitForOrderStatus((await system.placeOrder(items())).id, 'processed');
      const { samples, step_seconds } = await until(
        'a sample with the order',
        async () => {
          const history = await readHistory('15m');
          const isHandled = history.samples.at(-1)?.latency.some(({ event }) => event === 'stock.reserve');
          return isHandled && history.samples.some(({ orders }) => (orders.processed ?? 0) > 0) && history;
        },
        { seconds: 40 },
      );
      expect(step_seconds).toBe(10);
      const processed = samples.reduce((total, { orders }) => total + (orders.processed ?? 0), 0);
      expect(processed).toBeLessThanOrEqual(before[0]!.count + 1);
      expect(samples.at(-1)).toMatchObject({ queues: { order_queue: 0, stock_queue: 0 } });
      const day = await readHistory('24h');
      expect(day.step_seconds).toBe(300);
      expect(new Set(day.samples.map(({ seconds }) => seconds))).toEqual(new Set([300]));
      const invalid = await system.request<Problem>('GET', '/v1/operations/flow/history?period=1y');
      expect(invalid).toMatchObject({ status: 422, body: { errors: [{ parameter: 'period' }] } });
    });
  });

  describe('shows the journey of an order:', () => {
    const readJourney = (id: number) =>
      dataOf(system.api.GET('/v1/orders/{id}/journey', { params: { path: { id } } }));
    const namesOf = ({ spans }: JourneyDto, kind: string) =>
      spans.filter((span) => span.kind === kind).map(({ name, app, outcome }) => [name, app, outcome]);

    it('steps, messages, stock, and the mail, in sequence', async () => {
      const { id } = await system.placeOrder(items());
      const journey = await until('the mail to be sent', async () => {
        const current = await readJourney(id);
        return namesOf(current, 'mail').some(([, , outcome]) => outcome === 'sent') && current;
      });
      expect(journey).toMatchObject({ order_id: id, status: 'processed', trace_ids: [] });
      expect(namesOf(journey, 'step').slice(0, 3)).toEqual([
        ['pending', 'api', null],
        ['reserved', 'order-worker', null],
        ['processed', 'stock-worker', null],
      ]);
      expect(namesOf(journey, 'message')).toEqual([
        ['order.created', 'order-worker', 'handled'],
        ['stock.reserve', 'stock-worker', 'handled'],
        ['order.processed', 'notify-worker', 'handled'],
      ]);
      expect(namesOf(journey, 'reservation')).toEqual([
        [`product ${product_id}`, 'order-worker', 'committed'],
      ]);
      expect(namesOf(journey, 'movement')).toEqual([['sale', 'stock-worker', null]]);
      expect(namesOf(journey, 'http_request')).toEqual([['POST /v1/orders', 'api', 'stored']]);
      const { processes } = await readFlow();
      const instanceOf = (app: string | null) => processes.find((process) => process.app === app)!.instance;
      for (const { kind, app, process, version } of journey.spans.filter(({ kind }) => kind !== 'outbox'))
        expect([kind, process, version]).toEqual([kind, instanceOf(app), 'unreleased']);
      for (const { started_at, received_at, finished_at } of journey.spans.filter(
        ({ kind, app }) => kind === 'message' && app !== 'notify-worker',
      )) {
        expect(received_at! >= started_at).toBe(true);
        expect(received_at! <= finished_at!).toBe(true);
      }
      expect(namesOf(journey, 'mail')).toEqual([['order_processed', 'notify-worker', 'sent']]);
      const starts = journey.spans.map(({ started_at }) => started_at);
      expect(starts).toEqual(starts.toSorted());
      expect(JSON.stringify(journey)).not.toContain('ana@example.com');
    });

    it('its dead letters and what was done with them', async () => {
      const { id } = await system.placeOrder(items());
      await system.waitForOrderStatus(id, 'processed');
      const event = { event: 'stock.reserve', order_id: id, items: [{ product_id, quantity: 7 }] };
      await system.externalClient.publish('stock.reserve', event);
      const letter = await until('the dead letter', async () => {
        const { spans } = await readJourney(id);
        return spans.find(({ kind }) => kind === 'dead_letter');
      });
      expect(letter).toMatchObject({
        name: 'stock.reserve',
        app: 'stock-worker',
        outcome: 'open',
        detail: { queue: 'stock_queue', reason: 'order_mismatch' },
      });
      await dataOf(
        system.api.POST('/v1/dead-letters/{id}/discard', {
          params: { path: { id: letter.id! } },
          body: { by: 'ana' },
        }),
      );
      expect(namesOf(await readJourney(id), 'dead_letter_action')).toEqual([
        ['stock.reserve', 'api', 'discarded'],
      ]);
    });

    it('deliveries that had no effect: duplicates, attempts that failed, and the last one', async () => {
      const { id } = await system.placeOrder(items());
      await system.waitForOrderStatus(id, 'processed');
      const eventId = 'c0ffee00-0000-4000-8000-000000000001';
      await system.externalClient.publish('order.created', {
        event: 'order.created',
        event_id: eventId,
        order_id: id,
        items: items(),
      });
      // Not yet shipped: tried again until no attempt is left.
      await system.externalClient.publish('order.shipped', {
        event: 'order.shipped',
        event_id: 'ana@example.com',
        order_id: id,
        shipment_id: 1,
        items: items(),
      });
      const deliveriesOf = async (name: string) =>
        (await readJourney(id)).spans.filter((span) => span.kind === 'delivery' && span.name === name);
      const [duplicate] = await until('the duplicate', async () => {
        const deliveries = await deliveriesOf('order.created');
        return deliveries.length > 0 && deliveries;
      });
      const { processes } = await readFlow();
      expect(duplicate).toMatchObject({
        app: 'order-worker',
        process: processes.find(({ app }) => app === 'order-worker')!.instance,
        outcome: 'duplicate',
        detail: { queue: 'order_queue', attempt: 1, event_id: eventId },
      });
      const failed = await until(
        'the last attempt',
        async () => {
          const deliveries = await deliveriesOf('order.shipped');
          return deliveries.some(({ outcome }) => outcome === 'dead_lettered') && deliveries;
        },
        { seconds: 30 },
      );
      expect(failed.map(({ outcome, detail }) => [outcome, detail.attempt])).toEqual([
        ...Array.from({ length: failed.length - 1 }, (_, index) => ['retried', index + 1]),
        ['dead_lettered', failed.length],
      ]);
      expect(failed.length).toBeGreaterThan(1);
      expect(JSON.stringify(failed)).not.toContain('ana@example.com');
    });

    it('that the watchdog has published its event again', async () => {
      const { id } = await system.placeOrder(items());
      await system.waitForOrderStatus(id, 'processed');
      await system.sql('UPDATE orders SET republish_count = 2, republished_at = now() WHERE id = $1', [id]);
      const { spans } = await readJourney(id);
      expect(spans.find(({ kind }) => kind === 'republication')).toMatchObject({
        name: 'order.processed',
        app: 'order-worker',
        detail: { count: 2 },
      });
    });

    it('to those who may read operations, and only of an order that exists', async () => {
      const url = `${system.process('api').url}/v1/orders/999999/journey`;
      for (const [role, status] of [
        ['operator', 404],
        ['clerk', 403],
        ['customer', 403],
      ] as const)
        expect([role, (await sendRequest(url, { credential: apiKeyOf(role) })).status]).toEqual([
          role,
          status,
        ]);
    });
  });

  describe('streams the events of orders:', () => {
    const streams: EventStream[] = [];
    const watch = async (query = '', headers: Record<string, string> = {}) => {
      const stream = await EventStream.open(streamUrl(query), headers);
      streams.push(stream);
      return stream;
    };
    const feedQueues = async () => {
      const vhost = new URL(system.vhost.url).pathname.slice(1);
      const queues = await callTestBrokerApi<{ name: string }[]>(
        'GET',
        `/api/queues/${vhost}?columns=name,exclusive,arguments`,
      );
      return queues.filter(({ name }) => name.startsWith('feed_queue.'));
    };
    afterEach(() => {
      for (const stream of streams.splice(0)) stream.close();
    });

    it('every status of every order, with id, time and status', async () => {
      const stream = await watch();
      const { id } = await system.placeOrder(items());
      const { id: eventId, data } = await stream.waitFor('order', { order_id: id, status: 'processed' });
      expect(eventId).toMatch(/^[\da-f-]{36}$/);
      expect(data).toEqual({
        order_id: id,
        event: 'order.processed',
        status: 'processed',
        at: expect.any(String) as string,
      });
      const statuses = stream.events
        .filter((event) => event.data.order_id === id)
        .map((event) => event.data.status);
      expect(statuses).toEqual(['pending', 'reserved', 'processed']);
    });

    it('of one order only, if it is named', async () => {
      const { id } = await system.placeOrder(items());
      await system.waitForOrderStatus(id, 'processed');
      const [one, all] = await Promise.all([watch(`?order_id=${id}`), watch()]);
      const other = await system.placeOrder(items());
      await system.request('POST', `/v1/orders/${id}/cancel`, {});
      await one.waitFor('order', { order_id: id, status: 'cancelled' });
      await all.waitFor('order', { order_id: other.id });
      // The event of the last status can arrive after the status could be read.
      expect(new Set(one.events.map(({ data }) => data.order_id))).toEqual(new Set([id]));
    });

    it('of their own orders, to customers', async () => {
      const stream = await watch('', authorization('customer'));
      const others = await placeFor('bia@example.com');
      const own = await placeFor(CUSTOMER_EMAIL.toUpperCase());
      await stream.waitFor('order', { order_id: own.id, status: 'processed' });
      await system.waitForOrderStatus(others.id, 'processed');
      const ids = stream.events.map(({ data }) => data.order_id);
      // Events of this customer's order in the last test can arrive late.
      expect(ids).toContain(own.id);
      expect(ids).not.toContain(others.id);

      const ofOrder = (id: number) =>
        sendRequest(streamUrl(`?order_id=${id}`), {
          credential: apiKeyOf('customer'),
          headers: { accept: 'text/event-stream' },
        });
      const [existing, unknown] = [await ofOrder(others.id), await ofOrder(9_999_999)];
      expect(existing).toMatchObject({ status: 404 });
      expect(existing.text.replace(String(others.id), '9999999')).toBe(unknown.text);
      const ownStream = await watch(`?order_id=${own.id}`, authorization('customer'));
      await system.request('POST', `/v1/orders/${own.id}/cancel`, {});
      await ownStream.waitFor('order', { status: 'cancelled' });
    });

    it('again after a lost connection, from the last event on', async () => {
      const first = await watch();
      const { id } = await system.placeOrder(items());
      const last = await first.waitFor('order', { order_id: id, status: 'reserved' });
      await first.waitFor('order', { order_id: id, status: 'processed' });
      first.close();
      const second = await watch('', { 'last-event-id': last.id! });
      const later = await system.placeOrder(items());
      await second.waitFor('order', { order_id: later.id });
      expect(second.events[0]).toMatchObject({ event: 'order', data: { order_id: id, status: 'processed' } });
      expect(second.events.map(({ event }) => event)).not.toContain('lost');
      const third = await watch('', { 'last-event-id': 'unknown\u00e9' });
      expect((await third.waitFor('lost')).data).toEqual({ count: null });
    });

    it('through one bounded queue of the broker, which exists only while a client watches', async () => {
      await until(
        'the queue of earlier clients to be deleted',
        async () => (await feedQueues()).length === 0,
      );
      await Promise.all([watch(), watch(), watch('', authorization('customer'))]);
      expect(await feedQueues()).toMatchObject([
        { exclusive: true, arguments: { 'x-max-length': 1_000, 'x-overflow': 'drop-head' } },
      ]);
      for (const stream of streams) stream.close();
      await until('the queue to be deleted', async () => (await feedQueues()).length === 0);
    });

    it('as numbers above 100 events a second, and one by one again afterwards', async () => {
      const { id } = await system.placeOrder(items());
      await system.waitForOrderStatus(id, 'processed');
      const [shop, order, customer] = await Promise.all([
        watch(),
        watch(`?order_id=${id}`),
        watch('', authorization('customer')),
      ]);
      const duplicate = { event: 'order.created', order_id: id, items: items() };
      const { channel } = system.externalClient;
      for (let count = 0; count < 400; count++)
        channel.publish('stock_events', 'order.created', Buffer.from(JSON.stringify(duplicate)));
      await channel.waitForConfirms();
      await Promise.all([shop, order, customer].map((stream) => stream.waitFor('lost', { count: null })));
      await until('the queue to be deleted', async () => (await feedQueues()).length === 0);

      // Steps of a single order are read from the database.
      await system.request('POST', `/v1/orders/${id}/cancel`, {});
      const cancelled = await order.waitFor('order', { status: 'cancelled' });
      expect(cancelled.id).toMatch(/^step-\d+$/);
      // The first numbers can be those of the order above.
      const rate = await until('the number of cancelled orders', () =>
        shop.events.find(
          ({ event, data }) => event === 'rate' && 'order.cancelled' in (data.events as object),
        ),
      );
      expect(rate.data).toMatchObject({ events: { 'order.cancelled': 1 } });
      expect(rate.data.seconds).toBeGreaterThanOrEqual(5);
      await until('the events to be copied again', async () => (await feedQueues()).length === 1);
      const next = await system.placeOrder(items());
      await shop.waitFor('order', { order_id: next.id, status: 'processed' });
      expect(customer.events.map(({ event }) => event)).not.toContain('rate');
    });

    it('only to a client that expects a stream, and within the limits', async () => {
      const get = (query: string, headers: Record<string, string> = {}) =>
        sendRequest(streamUrl(query), { credential: apiKeyOf('operator'), headers });
      const accept = 'text/event-stream';
      expect(bodyOf<Problem>(await get(''))).toMatchObject({ status: 406, code: 'not_acceptable' });
      expect(bodyOf<Problem>(await get('?order_id=x', { accept }))).toMatchObject({
        status: 422,
        errors: [{ parameter: 'order_id' }],
      });
      expect(bodyOf<Problem>(await get('?order_id=9999999', { accept }))).toMatchObject({ status: 404 });
      const head = await sendRequest(streamUrl(), {
        method: 'HEAD',
        credential: apiKeyOf('operator'),
        headers: { accept },
      });
      expect(head).toMatchObject({ status: 200, text: '' });

      const operator = authorization('operator');
      const opened = await Promise.all(Array.from({ length: 10 }, () => watch('', operator)));
      expect(bodyOf<Problem>(await get('', { accept }))).toMatchObject({
        status: 409,
        code: 'too_many_streams',
      });
      opened[0]!.close();
      await until('another stream to be accepted', () => watch('', operator));
    });

    it('at each of two processes, with the same ids, so that a client resumes at the other one', async () => {
      const replica = system.launchReplica('api');
      await replica.waitUntilReady();
      try {
        const first = await watch();
        const second = await EventStream.open(`${replica.url}/v1/stream`);
        streams.push(second);
        expect(await feedQueues()).toHaveLength(2);
        const { id } = await system.placeOrder(items());
        const last = await first.waitFor('order', { order_id: id, status: 'reserved' });
        await second.waitFor('order', { order_id: id, status: 'processed' });
        const idsOf = ({ events }: EventStream) =>
          events.filter(({ data }) => data.order_id === id).map((event) => event.id);
        await first.waitFor('order', { order_id: id, status: 'processed' });
        expect(idsOf(first)).toEqual(idsOf(second));
        first.close();
        const resumed = await EventStream.open(`${replica.url}/v1/stream`, { 'last-event-id': last.id! });
        streams.push(resumed);
        const processed = await resumed.waitFor('order', { order_id: id });
        expect(processed.data.status).toBe('processed');
        expect(resumed.events.map(({ event }) => event)).not.toContain('lost');
      } finally {
        await replica.stop();
      }
    });

    it('to 100 clients of a process, and refuses further ones until one has left', async () => {
      const keys = await Promise.all(
        Array.from({ length: 11 }, async (_, index) => {
          const body = { name: `watcher ${index}`, scopes: ['orders:read'] };
          return (await system.request<{ key: string }>('POST', '/v1/api-keys', body)).body.key;
        }),
      );
      const headersOf = (index: number) => ({ authorization: `Bearer ${keys[index]}` });
      await until('the streams of earlier tests to end', async () => {
        const { text } = await sendRequest(`${system.process('api').url}/metrics`);
        return /^estoque_streams 0$/m.test(text);
      });
      await Promise.all(
        Array.from({ length: 100 }, (_, index) => watch('', headersOf(Math.floor(index / 10)))),
      );
      const refused = await sendRequest(streamUrl(), {
        headers: { accept: 'text/event-stream', ...headersOf(10) },
      });
      expect(bodyOf<Problem>(refused)).toMatchObject({ status: 503, code: 'overloaded' });
      expect(refused.headers['retry-after']).toBeDefined();
      streams[0]!.close();
      await until('another stream to be accepted', () => watch('', headersOf(10)));
    });

    it('until the key is revoked, or the process stops', async () => {
      const { body: key } = await system.request<{ id: number; key: string }>('POST', '/v1/api-keys', {
        name: 'watcher',
        scopes: ['orders:read'],
      });
      const revoked = await watch('', { authorization: `Bearer ${key.key}` });
      const stopped = await watch();
      await system.request('POST', `/v1/api-keys/${key.id}/revoke`, {});
      await until('the stream of the revoked key to end', () => revoked.isEnded);
      expect(stopped.isEnded).toBe(false);
      await system.process('api').stop();
      await until('the stream of the stopped process to end', () => stopped.isEnded);
      await system.launch('api').waitUntilReady();
    });
  });
});
