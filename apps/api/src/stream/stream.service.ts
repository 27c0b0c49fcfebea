import { UnitOfWork } from '@estoque/domain';
import { Publisher } from '@estoque/messaging';
import { HealthChecks, LOGGER, Metrics, type Logger } from '@estoque/platform';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Readable } from 'node:stream';
import { OrderEvents } from './order-events.js';
import { StreamClient, type Watcher } from './stream-client.js';
import { streamMessages, type OrderEventMessage } from './stream-message.js';
import { TooManyStreams } from './stream.errors.js';

/** Streams of one caller: a browser with several tabs has several. */
const MAX_STREAMS_OF_CALLER = 10;
/** Events that a client can get again after it has lost its connection. */
const MAX_KEPT_EVENTS = 1_000;
/** Events are copied for this time after the last client has left: one that connects again loses nothing. */
const LINGER_MS = 5_000;
const TICK_MS = 250;
/** An event is sent this long after it was published, at most. Collecting them together costs a fraction of single ones. */
const COLLECT_MS = 500;
/** A revoked key or an expired token ends its streams within this time. */
const REIDENTIFY_MS = 5_000;
const HEARTBEAT_MS = 15_000;

/** Sends the events of orders to the clients of `GET /v1/stream`. Without a client it does nothing (docs/adr/0041). */
@Injectable()
export class StreamService implements OnModuleDestroy {
  private readonly clients = new Set<StreamClient>();
  private readonly events: OrderEvents;
  private readonly kept: OrderEventMessage[] = [];
  private timer?: NodeJS.Timeout;
  private isTicking = false;
  private readonly due = { collection: 0, rate: 0, heartbeat: 0, identification: 0, end: 0 };

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly health: HealthChecks,
    @Inject(LOGGER) private readonly logger: Logger,
    publisher: Publisher,
    metrics: Metrics,
  ) {
    this.events = new OrderEvents(publisher, unitOfWork, {
      onEvent: (event) => this.send(event),
      onGap: () => this.sendGap(),
      onRate: (rate) => {
        // A customer may not know how much the shop sells.
        const message = streamMessages.rate(rate);
        for (const client of this.clients) if (client.isOfShop) client.sendReplaceable(message);
      },
      watchedOrders: () => [...new Set([...this.clients].flatMap(({ watcher }) => watcher.orderId ?? []))],
    });
    metrics.gauge('estoque_streams', 'Open streams of events', () => this.clients.size);
  }

  async onModuleDestroy() {
    this.endAll();
    clearInterval(this.timer);
    await this.events.close();
  }

  /**
   * Starts to watch.
   *
   * @param lastEventId id of the last event that the client got before it lost its connection
   * @returns the body of the answer. It ends when the process stops or the credential is no longer valid
   * @throws OrderNotFound, TooManyStreams
   */
  async open(watcher: Watcher, lastEventId?: string): Promise<Readable> {
    const { orderId, owner, caller } = watcher;
    if (orderId !== undefined) await this.unitOfWork.read.orderDetails.assertExists(orderId, owner);
    const ofCaller = [...this.clients].filter(({ watcher: other }) => other.caller === caller);
    if (ofCaller.length >= MAX_STREAMS_OF_CALLER) throw new TooManyStreams(MAX_STREAMS_OF_CALLER);
    const client = new StreamClient(watcher, (closed) => this.clients.delete(closed));
    if (lastEventId !== undefined) this.resend(client, lastEventId);
    this.clients.add(client);
    this.timer ??= setInterval(() => this.tick(), TICK_MS);
    this.due.end = performance.now() + LINGER_MS;
    // Without the broker there are no events. The next second tries again.
    await this.events.open().catch(() => undefined);
    return client.body;
  }

  private tick() {
    if (this.isTicking) return;
    this.isTicking = true;
    void this.work(performance.now())
      .catch((error: Error) => this.logger.debug({ reason: error.message }, 'events cannot be watched'))
      .finally(() => (this.isTicking = false));
  }

  private async work(now: number) {
    if (this.clients.size > 0) this.due.end = now + LINGER_MS;
    else if (now > this.due.end) return this.stop();
    // The server waits for its connections before it stops.
    if ('process' in this.health.refusalReasons) return this.endAll();
    if (this.isDue('heartbeat', now, HEARTBEAT_MS))
      for (const client of this.clients) client.sendReplaceable(streamMessages.heartbeat);
    if (this.isDue('identification', now, REIDENTIFY_MS)) await this.endRevoked();
    if (this.isDue('collection', now, COLLECT_MS)) await this.events.collect();
    await this.sendToCustomers();
    if (this.isDue('rate', now, 1_000)) await this.events.checkRate(now);
  }

  private isDue(work: keyof typeof this.due, now: number, intervalMs: number): boolean {
    if (now < this.due[work]) return false;
    this.due[work] = now + intervalMs;
    return true;
  }

  private async stop() {
    clearInterval(this.timer);
    this.timer = undefined;
    this.kept.length = 0;
    await this.events.close();
  }

  private endAll() {
    for (const client of this.clients) client.end();
  }

  private send(event: OrderEventMessage) {
    this.kept.push(event);
    if (this.kept.length > MAX_KEPT_EVENTS) this.kept.shift();
    for (const client of this.clients) client.offer(event);
  }

  private sendGap() {
    this.kept.length = 0;
    for (const client of this.clients) client.sendGap();
  }

  /** Sends what the client has missed since its last event. */
  private resend(client: StreamClient, lastEventId: string) {
    const last = this.kept.findIndex(({ id }) => id === lastEventId);
    if (last === -1) return client.sendGap();
    for (const event of this.kept.slice(last + 1)) client.offer(event);
  }

  /** Sends events to customers whose orders they are about. One statement finds out for all of them. */
  private async sendToCustomers() {
    const waiting = [...this.clients]
      .map((client) => ({ client, events: client.unassigned.splice(0) }))
      .filter(({ events }) => events.length > 0);
    if (waiting.length === 0) return;
    const orderIds = waiting.flatMap(({ events }) => events.map(({ order_id }) => order_id));
    const owners = waiting.map(({ client }) => client.watcher.owner!);
    const ownerOf = await this.unitOfWork.read.orderDetails.ownersAmong(
      [...new Set(orderIds)],
      [...new Set(owners)],
    );
    for (const { client, events } of waiting)
      for (const event of events)
        if (ownerOf.get(event.order_id) === client.watcher.owner!.toLowerCase()) client.send(event);
  }

  private async endRevoked() {
    for (const client of this.clients) {
      try {
        await client.watcher.reidentify();
      } catch {
        client.end();
      }
    }
  }
}
