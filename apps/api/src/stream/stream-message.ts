import { EVENT_OF_STATUS, ORDER_STATUSES, type OrderStatus } from '@estoque/domain';
import type { DecodedEvent } from '@estoque/messaging';
import { randomUUID } from 'node:crypto';

/** An event of an order, as it is sent to those who watch. */
export interface OrderEventMessage {
  id: string;
  order_id: number;
  event: string;
  /** Status of the order after the event; null if the event alone does not determine it. */
  status: OrderStatus | null;
  /** RFC 3339, UTC. */
  at: string;
}

/** The status after an event. An event of several statuses has none. */
const STATUS_OF_EVENT = new Map<string, OrderStatus | null>();
for (const status of ORDER_STATUSES) {
  const event = EVENT_OF_STATUS[status];
  STATUS_OF_EVENT.set(event, STATUS_OF_EVENT.has(event) ? null : status);
}

/** Any client of the broker can publish any id: one with a line break would forge lines of the stream. */
const VALID_ID = /^[\w-]{1,100}$/;

/** @returns undefined if the event is about no order */
export function messageOf({
  event,
  eventId,
  occurredAt,
  payload,
}: DecodedEvent): OrderEventMessage | undefined {
  const { order_id } = payload as { order_id?: number };
  if (order_id === undefined) return undefined;
  const time = new Date(occurredAt ?? Date.now());
  return {
    id: eventId !== undefined && VALID_ID.test(eventId) ? eventId : randomUUID(),
    order_id,
    event,
    status: STATUS_OF_EVENT.get(event) ?? null,
    at: (Number.isNaN(time.getTime()) ? new Date() : time).toISOString(),
  };
}

/** How long a client waits before it connects again. */
const RECONNECT_MS = 2_000;

const format = (event: string, data: object, id?: string) =>
  `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

/** The messages of the stream, in the format of server-sent events. */
export const streamMessages = {
  start: `retry: ${RECONNECT_MS}\n: connected\n\n`,
  heartbeat: ': heartbeat\n\n',
  order: ({ id, ...data }: OrderEventMessage) => format('order', data, id),
  /** @param count null if it is not known */
  lost: (count: number | null) => format('lost', { count }),
  /** The number of events, instead of the events. */
  rate: (data: { seconds: number; events: Record<string, number> }) => format('rate', data),
};
