import type { WebhookAttempt } from '@estoque/domain';
import { createLogger, Metrics, type Environment } from '@estoque/platform';
import { Webhook } from 'standardwebhooks';
import { WebhookReceiver } from '../../../../test/support/webhook-receiver.js';
import { TestShop } from '../../../../test/support/test-shop.js';
import { until } from '../../../../test/support/until.js';
import { WebhookSenderService } from './webhook-sender.service.js';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const ENVIRONMENT = {
  WEBHOOK_ALLOWED_NETWORKS: ['127.0.0.0/8'],
  WEBHOOK_TIMEOUT_MS: 300,
  WEBHOOK_DISABLE_AFTER_HOURS: 72,
  POLL_INTERVAL_MS: 50,
} as Environment;

/** PostgreSQL, the sender and the receiver are real. */
describe('WebhookSenderService', () => {
  const logger = createLogger('test', { LOG_LEVEL: 'silent' });
  let shop: TestShop;
  let receiver: WebhookReceiver;
  let sender: WebhookSenderService | undefined;
  let endpointId: number;
  beforeEach(async () => {
    shop = await TestShop.open({ workers: 4 });
    receiver = await WebhookReceiver.start();
    endpointId = await createEndpoint(receiver.url);
  });
  afterEach(async () => {
    await sender?.onModuleDestroy();
    sender = undefined;
    await receiver.stop();
    await shop.close();
  });

  const createEndpoint = async (url: string, events = ['order.created', 'order.processed']) =>
    (
      await shop.unitOfWork.inTransaction(({ webhookEndpoints }) =>
        webhookEndpoints.create(url, events, SECRET),
      )
    ).id;

  function startSender(environment: Partial<Environment> = {}) {
    sender = new WebhookSenderService(
      shop.unitOfWork,
      { ...ENVIRONMENT, ...environment },
      logger,
      new Metrics(),
    );
    sender.onApplicationBootstrap();
  }

  /** Writes an event of each order to the outbox, as the apps do. @returns the ids of the events */
  async function publish(event: string, orderIds: number[], republished = false): Promise<string[]> {
    const rows = await shop.dataSource.query<{ event_id: string }[]>(
      `INSERT INTO outbox (event_id, event, source, body, republished, leased_until)
       SELECT id, $1, 'api', json_build_object('event', $1::text, 'event_id', id, 'order_id', order_id), $3,
              now() + interval '1 hour'
       FROM (SELECT gen_random_uuid() AS id, order_id FROM unnest($2::bigint[]) WITH ORDINALITY AS t (order_id, position)
             ORDER BY position) AS added RETURNING event_id`,
      [event, orderIds, republished],
    );
    return rows.map(({ event_id }) => event_id);
  }
  const readEndpoint = () => shop.unitOfWork.read.webhookEndpoints.get(endpointId);
  const countInState = async (state: string) =>
    (
      await shop.dataSource.query<[{ count: number }]>(
        'SELECT count(*)::int AS count FROM webhook_deliveries WHERE state = $1',
        [state],
      )
    )[0].count;
  const readAttempts = () =>
    shop.dataSource.query<WebhookAttempt[]>('SELECT * FROM webhook_attempts ORDER BY id');
  const makeDue = () => shop.dataSource.query(`UPDATE webhook_deliveries SET due_at = now()`);

  it('sends each event signed, with its id and the body that was published', async () => {
    const [eventId] = await publish('order.created', [7]);
    startSender();
    const { headers, body } = await until('the request', () => receiver.requests[0]);
    expect(headers['webhook-id']).toBe(eventId);
    expect(new Webhook(SECRET).verify(body, headers as Record<string, string>)).toMatchObject({
      event: 'order.created',
      event_id: eventId,
      order_id: 7,
    });
    await until('the record', async () => (await countInState('delivered')) === 1);
    expect(await readAttempts()).toMatchObject([{ status: 200, error: null, answer: 'ok' }]);
  });

  it('records an event if an endpoint chose it, once, and with the change that wrote it', async () => {
    await publish('stock.reserve', [1]);
    await publish('order.created', [1]);
    await publish('order.created', [1], true);
    await shop.unitOfWork
      .inTransaction(async ({ sql }) => {
        await sql.query(
          `INSERT INTO outbox (event_id, event, source, body, leased_until)
           VALUES (gen_random_uuid(), 'order.processed', 'api', '{"order_id": 1}', now())`,
        );
        throw new Error('rolled back');
      })
      .catch(() => undefined);
    const rows = await shop.dataSource.query<unknown[]>('SELECT event, order_id FROM webhook_events');
    expect(rows).toEqual([{ event: 'order.created', order_id: 1 }]);
    expect(await countInState('pending')).toBe(1);
  });

  it('sends the events of a disabled endpoint in their sequence when it is enabled again', async () => {
    receiver.answer = () => ({ status: 410 });
    await publish('order.created', [1]);
    startSender();
    await until('the end', async () => (await readEndpoint()).state === 'disabled');
    await publish('order.processed', [1]);
    receiver.answer = () => ({ status: 200 });
    await shop.unitOfWork.inTransaction(async ({ webhookEndpoints, webhookDeliveries }) => {
      await webhookEndpoints.enable(endpointId);
      await webhookDeliveries.retrySoon(endpointId);
    });
    await until('the events', async () => (await countInState('delivered')) === 2);
    expect(receiver.received(1)).toEqual(['order.created', 'order.created', 'order.processed']);
  });

  it('replays the events of a period, except those that still wait', async () => {
    await publish('order.created', [1, 2]);
    startSender();
    await until('the events', async () => (await countInState('delivered')) === 2);
    await publish('stock.reserve', [1]);
    const [from, to] = [new Date(Date.now() - 60_000), new Date(Date.now() + 60_000)];
    const replay = () =>
      shop.unitOfWork.inTransaction(async ({ webhookEndpoints, webhookDeliveries }) => {
        await webhookEndpoints.lockForUpdate(endpointId);
        return webhookDeliveries.replayRange(endpointId, from, to);
      });
    receiver.answer = () => undefined;
    expect(await replay()).toBe(2);
    expect(await replay()).toBe(0);
    receiver.answer = () => ({ status: 200 });
    await until('the replays', async () => (await countInState('delivered')) === 4, { seconds: 30 });
  });

  it('sends the events of one order in their sequence, and those of others meanwhile', async () => {
    receiver.answer = ({ body }) =>
      (JSON.parse(body) as { order_id: number }).order_id === 1 ? { status: 500 } : { status: 200 };
    await publish('order.created', [1, 2]);
    await publish('order.processed', [1, 2]);
    startSender();
    await until('the other order', async () => (await countInState('delivered')) === 2);
    expect(receiver.received(1)).toEqual(['order.created']);
    receiver.answer = () => ({ status: 200 });
    await until('both orders', async () => {
      await makeDue();
      return (await countInState('delivered')) === 4;
    });
    expect(receiver.received(1).slice(-2)).toEqual(['order.created', 'order.processed']);
    expect(receiver.received(2)).toEqual(['order.created', 'order.processed']);
  });

  it.each<[string, WebhookReceiver['answer'], Partial<WebhookAttempt>]>([
    [
      '500',
      () => ({ status: 500, body: 'x'.repeat(5_000) }),
      { status: 500, error: 'HTTP 500', answer: 'x'.repeat(1_024) },
    ],
    ['nothing', () => undefined, { status: null, error: 'no answer within 300 ms' }],
    [
      'a redirect, also to loopback',
      () => ({ status: 302, headers: { location: 'http://127.0.0.1/admin' } }),
      { status: 302, error: 'the answer is a redirect, which is not followed' },
    ],
  ])('tries again if the receiver answers %s', async (_, answer, attempt) => {
    receiver.answer = answer;
    await publish('order.created', [1]);
    startSender();
    await until('the attempt', async () => (await readAttempts()).length === 1);
    expect(await readAttempts()).toMatchObject([attempt]);
    expect(await countInState('pending')).toBe(1);
    expect((await readEndpoint()).failing_since).not.toBeNull();
    receiver.answer = () => ({ status: 204 });
    await makeDue();
    await until('the success', async () => (await countInState('delivered')) === 1);
    expect((await readEndpoint()).failing_since).toBeNull();
  });

  it('tries again if no receiver listens', async () => {
    await receiver.stop();
    await publish('order.created', [1]);
    startSender();
    await until('the attempt', async () => (await readAttempts()).length === 1);
    expect((await readAttempts())[0]!.error).toContain('ECONNREFUSED');
  });

  it('disables an endpoint that answers 410 at once', async () => {
    receiver.answer = () => ({ status: 410 });
    await publish('order.created', [1]);
    startSender();
    await until('the end', async () => (await readEndpoint()).disabled_reason === 'gone');
  });

  it('disables an endpoint that has been failing for a long time', async () => {
    receiver.answer = () => ({ status: 503 });
    await shop.dataSource.query(
      `INSERT INTO webhook_failures (endpoint_id, since) SELECT id, now() - interval '73 hours' FROM webhook_endpoints`,
    );
    await publish('order.created', [1]);
    startSender();
    await until('the end', async () => (await readEndpoint()).disabled_reason === 'failing');
  });

  it('does not search the later events of an order while the first one waits', async () => {
    receiver.answer = () => ({ status: 500 });
    await publish('order.created', [1]);
    await publish('order.processed', [1]);
    startSender();
    await until('the attempt', async () => (await readAttempts()).length === 1);
    const [row] = await shop.dataSource.query<[{ count: number }]>(
      'SELECT count(*)::int AS count FROM webhook_deliveries WHERE due_at <= now()',
    );
    expect(row.count).toBe(0);
  });

  it('sends an event again after the crash of a process, before later ones of the order', async () => {
    await publish('order.created', [1]);
    await publish('order.processed', [1]);
    const claim = () =>
      shop.unitOfWork.inTransaction(({ webhookDeliveries }) => webhookDeliveries.claimDue(endpointId, 4));
    expect((await claim()).map(({ event }) => event)).toEqual(['order.created']);
    expect(await claim()).toEqual([]);
    startSender();
    await shop.dataSource.query(`UPDATE webhook_deliveries SET due_at = now() WHERE due_at > now()`);
    await until('the events', () => receiver.requests.length === 2);
    expect(receiver.received(1)).toEqual(['order.created', 'order.processed']);
  });

  it('gives an event up after three days in which the endpoint was enabled', async () => {
    receiver.answer = () => ({ status: 500 });
    await publish('order.created', [1]);
    const age = `now() - interval '73 hours'`;
    await shop.dataSource.query(`UPDATE webhook_deliveries SET created_at = ${age}`);
    startSender();
    // It was disabled for these days.
    await until('the attempt', async () => (await readAttempts()).length === 1);
    expect(await countInState('pending')).toBe(1);
    await shop.dataSource.query(`UPDATE webhook_endpoints SET enabled_at = ${age}`);
    await makeDue();
    await until('the end', async () => (await countInState('failed')) === 1);
  });

  it('sends nothing to a private address unless the network is allowed', async () => {
    await publish('order.created', [1]);
    startSender({ WEBHOOK_ALLOWED_NETWORKS: [] });
    await until('the attempt', async () => (await readAttempts()).length === 1);
    expect((await readAttempts())[0]!.error).toBe('the address of the host is not allowed');
    expect(receiver.requests).toEqual([]);
  });

  it('counts the events that wait for enabled endpoints', async () => {
    const waiting = () => shop.unitOfWork.read.webhookDeliveries.waiting(3);
    expect(await waiting()).toEqual({ count: 0, oldestSeconds: 0 });
    await publish('order.created', [1, 2, 3, 4, 5]);
    await shop.dataSource.query(`UPDATE webhook_deliveries SET created_at = now() - interval '1 hour'`);
    expect(await waiting()).toEqual({ count: 3, oldestSeconds: expect.closeTo(3_600, -2) as number });
    await shop.unitOfWork.inTransaction(({ webhookEndpoints }) => webhookEndpoints.disable(endpointId));
    expect((await waiting()).count).toBe(0);
  });

  it('signs with both secrets after a rotation, and with one after the end of the other', async () => {
    const next = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;
    const rotate = (secret: string, hours: number) =>
      shop.unitOfWork.inTransaction(({ webhookEndpoints }) =>
        webhookEndpoints.rotateSecret(endpointId, secret, hours),
      );
    await rotate(next, 24);
    await publish('order.created', [1]);
    startSender();
    const first = await until('the request', () => receiver.requests[0]);
    for (const secret of [SECRET, next])
      new Webhook(secret).verify(first.body, first.headers as Record<string, string>);
    await rotate(SECRET, 0);
    await publish('order.created', [2]);
    const second = await until('the next request', () => receiver.requests[1]);
    expect(() => new Webhook(next).verify(second.body, second.headers as Record<string, string>)).toThrow();
    new Webhook(SECRET).verify(second.body, second.headers as Record<string, string>);
  });

  it('sends to one endpoint while another one is slow', async () => {
    const slow = await WebhookReceiver.start();
    slow.answer = () => undefined;
    await createEndpoint(slow.url);
    await publish(
      'order.created',
      Array.from({ length: 50 }, (_, index) => index + 1),
    );
    startSender({ WEBHOOK_TIMEOUT_MS: 5_000 });
    await until('the events', () => receiver.requests.length === 50, { seconds: 4 });
    await slow.stop();
  });

  it('sends an event once although several processes send', async () => {
    const others = Array.from(
      { length: 3 },
      () => new WebhookSenderService(shop.unitOfWork, ENVIRONMENT, logger, new Metrics()),
    );
    await publish(
      'order.created',
      Array.from({ length: 100 }, (_, index) => index + 1),
    );
    others.forEach((other) => other.onApplicationBootstrap());
    await until('the events', async () => (await countInState('delivered')) === 100);
    await Promise.all(others.map((other) => other.onModuleDestroy()));
    expect(receiver.requests.length).toBe(100);
  });
});
