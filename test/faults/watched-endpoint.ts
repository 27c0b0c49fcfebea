import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { until } from '../support/until.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';
import type { Experiment } from './experiment.js';
import type { FaultInjector } from './injector/fault-injector.js';

/** What the events have in common. */
interface SentEvent {
  event: string;
  event_id: string;
  occurred_at: string;
  order_id?: number;
}

const PATH = '/v1/webhook-endpoints';
/** Several waits between attempts: 5 s, 10 s, 20 s, and the lease of a process that was killed. */
const DELIVERED_WITHIN_SECONDS = 120;

const keyOf = ({ event, order_id }: SentEvent) => `${event} ${order_id}`;

/** A webhook endpoint for all events with a receiver, and what is checked about it. */
export class WatchedEndpoint {
  private constructor(
    private readonly injector: FaultInjector,
    readonly receiver: WebhookReceiver,
    readonly id: number,
    private readonly secret: string,
    /** Orders with higher ids are checked. */
    private readonly lastOrderId: number,
  ) {}

  static async create(injector: FaultInjector, events: readonly string[]): Promise<WatchedEndpoint> {
    const receiver = await WebhookReceiver.start();
    const body = JSON.stringify({ url: receiver.url, events });
    const response = await injector.apps.callApi(PATH, { method: 'POST', body });
    if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`);
    const { id, secret } = (await response.json()) as { id: number; secret: string };
    // Orders that were being placed when the endpoint was created are not checked.
    await sleep(1_000);
    const [row] = await injector.database.query<{ id: number }>(
      'SELECT coalesce(max(id), 0)::int AS id FROM orders',
    );
    return new WatchedEndpoint(injector, receiver, id, secret, row!.id);
  }

  /** @returns the answer to a request to the endpoint */
  async call<Body>(method: string, path = '', body?: object): Promise<Body> {
    const options = { method, ...(body && { body: JSON.stringify(body) }) };
    const response = await this.injector.apps.callApi(`${PATH}/${this.id}${path}`, options);
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (response.status === 204 ? undefined : await response.json()) as Body;
  }

  /**
   * Records violations if an event that was published until now does not arrive in time, if the events of an order first
   * arrive in another sequence than they occurred in, or if a signature is wrong.
   */
  async expectAllEvents(experiment: Experiment, { seconds = DELIVERED_WITHIN_SECONDS } = {}) {
    const published = [...this.injector.recordedEvents.values()]
      .map(({ body }) => JSON.parse(body.toString()) as SentEvent)
      .filter(({ order_id = 0 }) => order_id > this.lastOrderId);
    const allReceived = () => {
      // An event that the watchdog publishes again has another id. It is sent to endpoints once.
      const received = new Set(this.received().map(keyOf));
      const missing = published.filter((event) => !received.has(keyOf(event)));
      if (missing.length === 0) return true;
      throw new Error(`${missing.length} of ${published.length} are missing, such as ${keyOf(missing[0]!)}`);
    };
    await experiment.expectInTime('every event arrives', until('the events', allReceived, { seconds }));
    const received = this.received();
    experiment.expect(published.length > 0, 'events were published during the fault');
    experiment.note(
      `${this.receiver.requests.length} requests with ${new Set(received.map(({ event_id }) => event_id)).size} events`,
    );
    const disordered = findDisordered(received);
    experiment.expect(
      disordered.length === 0,
      `events out of sequence: ${disordered.slice(0, 3).join(', ')}`,
    );
    for (const { body, headers } of this.receiver.requests)
      new Webhook(this.secret).verify(body, headers as Record<string, string>);
  }

  private received() {
    return this.receiver.requests.map(({ body }) => JSON.parse(body) as SentEvent);
  }

  async remove() {
    await this.call('DELETE');
    await this.receiver.stop();
  }
}

/** @returns orders whose events first arrived in another sequence than they occurred in */
function findDisordered(received: SentEvent[]): number[] {
  const seen = new Set<string>();
  const lastOf = new Map<number, string>();
  const disordered = new Set<number>();
  for (const { event_id, order_id, occurred_at } of received) {
    if (seen.has(event_id) || order_id === undefined) continue;
    seen.add(event_id);
    if (occurred_at < (lastOf.get(order_id) ?? '')) disordered.add(order_id);
    lastOf.set(order_id, occurred_at);
  }
  return [...disordered];
}
