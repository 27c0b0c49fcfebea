import {
  catalogue,
  EVENT_OF_STATUS,
  EXCHANGE,
  increaseOf,
  REPORT_INTERVAL_MS,
  totalsOf,
  type UnitOfWork,
} from '@estoque/domain';
import { EventFeed, type Publisher } from '@estoque/messaging';
import { messageOf, type OrderEventMessage } from './stream-message.js';

/** If there are more events in a second, they are not copied one by one. */
const MAX_EVENTS_PER_SECOND = 100;

/** Every event but the changes of stock, which have no status of an order. */
const WATCHED_EVENTS = Object.keys(catalogue).filter((event) => event !== 'stock.updated');

interface Listener {
  onEvent: (event: OrderEventMessage) => void;
  /** Events were missed, and it is not known how many. */
  onGap: () => void;
  /** Events are counted and not copied at the moment. */
  onRate: (rate: { seconds: number; events: Record<string, number> }) => void;
  /** Orders whose steps are read from the database while events are not copied. */
  watchedOrders: () => number[];
}

/**
 * The events of all orders, while they are watched.
 *
 * - copying: a feed on the broker has a copy of each event, and this process collects them.
 * - counting: there are too many events. The feed is closed, so that the orders do not pay for it. The reports of the
 *   processes contain how many events there were, and single orders are read from the database.
 */
export class OrderEvents {
  private readonly feed: EventFeed;
  /** Events that were copied in the current second. */
  private copied = 0;
  private hasCopied = false;
  /** Set while counting. */
  private counting?: { totals: ReturnType<typeof totalsOf>; since: number; lastSteps: Map<number, number> };

  constructor(
    publisher: Publisher,
    private readonly unitOfWork: UnitOfWork,
    private readonly listener: Listener,
  ) {
    this.feed = new EventFeed(publisher, { exchange: EXCHANGE, catalogue, events: WATCHED_EVENTS });
  }

  /** Starts to copy events, unless they are counted. @throws AppError `broker_unavailable` */
  async open() {
    if (this.counting || this.feed.isOpen) return;
    await this.feed.open();
    // The feed was lost with its connection.
    if (this.hasCopied) this.listener.onGap();
    this.hasCopied = true;
  }

  async close() {
    this.counting = undefined;
    this.hasCopied = false;
    await this.feed.close();
  }

  /** Call it several times a second while events are watched: copies wait at the broker meanwhile. @throws AppError `broker_unavailable` */
  async collect() {
    for (const event of await this.feed.take()) {
      this.copied += 1;
      const message = messageOf(event);
      if (message) this.listener.onEvent(message);
    }
  }

  /** Call it once a second while events are watched. @throws AppError `broker_unavailable`, `database_unavailable` */
  async checkRate(now: number) {
    const { copied } = this;
    this.copied = 0;
    if (this.counting) return this.count(this.counting, now);
    if (copied <= MAX_EVENTS_PER_SECOND) return this.open();
    await this.feed.close();
    this.hasCopied = false;
    const counting = { totals: await this.readTotals(), since: now, lastSteps: new Map<number, number>() };
    await this.readSteps(counting.lastSteps);
    this.counting = counting;
    this.listener.onGap();
  }

  private async count(counting: NonNullable<typeof this.counting>, now: number) {
    await this.readSteps(counting.lastSteps);
    if (now - counting.since < REPORT_INTERVAL_MS) return;
    const totals = await this.readTotals();
    const seconds = Math.round((now - counting.since) / 1_000);
    const { published: events } = increaseOf(totals, counting.totals);
    this.listener.onRate({ seconds, events });
    const count = WATCHED_EVENTS.reduce((total, event) => total + (events[event] ?? 0), 0);
    this.counting = { ...counting, totals, since: now };
    if (count / seconds >= MAX_EVENTS_PER_SECOND / 2) return;
    this.counting = undefined;
    await this.open();
  }

  private async readTotals() {
    return totalsOf(await this.unitOfWork.read.processReports.list());
  }

  /** @param lastSteps id of the last step of each order that was read before */
  private async readSteps(lastSteps: Map<number, number>) {
    const orderIds = this.listener.watchedOrders();
    if (orderIds.length === 0) return;
    const steps = await this.unitOfWork.read.orderDetails.stepsOf(orderIds);
    for (const { id, order_id, step, at } of steps) {
      const last = lastSteps.get(order_id);
      // Steps that were there when reading began were copied as events, or the client has read them with the order.
      if (last !== undefined && id > last && step !== 'notified')
        this.listener.onEvent({
          id: `step-${id}`,
          order_id,
          event: EVENT_OF_STATUS[step],
          status: step,
          at: at.toISOString(),
        });
      lastSteps.set(order_id, Math.max(id, last ?? 0));
    }
  }
}
