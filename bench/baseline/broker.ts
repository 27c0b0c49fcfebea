import { connect, type ConfirmChannel, type ConsumeMessage } from 'amqplib';
import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { connectDatabase, query } from './database.js';
import { MicroBatcher } from './micro-batcher.js';

const EXCHANGE = 'stock_events';
const QUEUES = {
  order_queue: ['order.created'],
  stock_queue: ['stock.reserve'],
  notify_queue: ['order.processed', 'order.rejected', 'stock.updated'],
};
const PREFETCH = 400;

export interface Event {
  id: string;
  event: string;
  body: string;
}

export function createEvent(event: string, payload: object): Event {
  const id = randomUUID();
  const envelope = { event_id: id, event, occurred_at: new Date().toISOString(), version: 1 };
  return { id, event, body: JSON.stringify({ ...envelope, ...payload }) };
}

export async function connectBroker(): Promise<ConfirmChannel> {
  const connection = await connect(process.env.RABBITMQ_URL!, { noDelay: true });
  const channel = await connection.createConfirmChannel();
  await channel.assertExchange(EXCHANGE, 'topic', { durable: true });
  for (const [queue, events] of Object.entries(QUEUES)) {
    await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
    for (const event of events) await channel.bindQueue(queue, EXCHANGE, event);
  }
  return channel;
}

/** Consumes a queue in batches and acknowledges each batch after `handle` has committed it. */
export async function consume<Body>(
  channel: ConfirmChannel,
  queue: keyof typeof QUEUES,
  handle: (events: { key: string; body: Body }[]) => Promise<void>,
) {
  const batcher = new MicroBatcher<ConsumeMessage, void>(async (messages) => {
    const events = messages.map(({ fields, content }) => ({
      key: fields.routingKey,
      body: JSON.parse(content.toString()) as Body,
    }));
    await handle(events);
    // Messages are handled in delivery order, so one acknowledgement covers the whole batch.
    channel.ack(messages.at(-1)!, true);
    return messages.map(() => undefined);
  });
  await channel.prefetch(PREFETCH);
  await channel.consume(queue, (message) => void (message && batcher.add(message)));
}

interface StoredEvent extends Event {
  row: number;
}

const STORE = {
  name: 'outbox',
  text: `INSERT INTO outbox (event_id, event, source, body, leased_until)
    SELECT event_id, event, 'baseline', body, clock_timestamp() + interval '20 seconds'
    FROM unnest($1::uuid[], $2::text[], $3::json[]) WITH ORDINALITY AS added (event_id, event, body, position)
    ORDER BY position RETURNING id::float8 AS row`,
};
const DELETE = { name: 'published', text: 'DELETE FROM outbox WHERE id = ANY($1::bigint[])' };

/** Writes events to the outbox in the open transaction. */
export async function storeEvents(client: Client, events: Event[]): Promise<StoredEvent[]> {
  const rows = await query<{ row: number }>(client, STORE, [
    events.map(({ id }) => id),
    events.map(({ event }) => event),
    events.map(({ body }) => body),
  ]);
  return events.map((event, index) => ({ ...event, ...rows[index]! }));
}

/**
 * Opens a database connection of its own for the outbox.
 *
 * @returns a function that publishes committed events, persistent and confirmed, and then deletes their rows
 */
export async function connectOutbox(channel: ConfirmChannel) {
  const client = await connectDatabase();
  const batcher = new MicroBatcher<StoredEvent[], void>(async (groups) => {
    const events = groups.flat();
    for (const { event, body } of events)
      channel.publish(EXCHANGE, event, Buffer.from(body), {
        persistent: true,
        mandatory: true,
        contentType: 'application/json',
      });
    await channel.waitForConfirms();
    await query(client, DELETE, [events.map(({ row }) => row)]);
    return groups.map(() => undefined);
  });
  return (events: StoredEvent[]) => void (events.length > 0 && batcher.add(events));
}
