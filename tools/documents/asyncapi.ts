import { EVENT_OF_STATUS, ORDER_STATUSES_IN_PROGRESS } from '@estoque/domain';
import type { EventDefinition, Topology } from '@estoque/messaging';
import { exampleBodies } from './examples.js';
import { bodySchema } from './schemas.js';

const BINDING = { bindingVersion: '0.3.0' };
const ref = (...path: string[]) => ({ $ref: `#/${path.join('/')}` });

/** Source of the event documents. */
export interface Wire {
  events: EventDefinition[];
  topology: Topology;
  /** The app that consumes each queue, by the queue's name. */
  consumers: Record<string, string>;
}

const EVENTS_OF_OPEN_ORDERS: readonly (string | undefined)[] = ORDER_STATUSES_IN_PROGRESS.map(
  (status) => EVENT_OF_STATUS[status],
);

/**
 * @returns the apps whose watchdog republishes the event. The watchdog republishes the event of an open order's status, and
 *   every event that a queue has not confirmed yet. So an event of no open status is republished only if queues confirm it.
 */
export function republishersOf({ name, republishedBy, confirmedBy }: EventDefinition): string[] {
  const isRepublished = confirmedBy.length > 0 || EVENTS_OF_OPEN_ORDERS.includes(name);
  return isRepublished ? [...republishedBy] : [];
}

/** The AsyncAPI 3.0 document of all events and queues. */
export function asyncApi({ events, topology, consumers }: Wire) {
  const byName = <Value>(toValue: (event: EventDefinition) => Value) =>
    Object.fromEntries(events.map((event) => [event.name, toValue(event)]));
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'estoque-system events',
      version: '1.0.0',
      description:
        'Flat JSON on a topic exchange, for clients in any language. ' +
        'At-least-once delivery. Unknown fields are ignored. Changes within a version are additive.',
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    servers: {
      rabbitmq: {
        host: '{host}',
        protocol: 'amqp',
        protocolVersion: '0-9-1',
        description: 'The broker in RABBITMQ_URL.',
        variables: { host: { default: 'localhost:5672' } },
      },
    },
    channels: {
      ...byName((event) => eventChannel(event, topology)),
      ...Object.fromEntries(
        Object.keys(topology.workQueues).map((name) => [name, queueChannel(name, topology)]),
      ),
    },
    operations: {
      ...Object.fromEntries(events.flatMap(sends)),
      ...Object.fromEntries(Object.entries(topology.workQueues).map((queue) => receives(queue, consumers))),
    },
    components: { messages: byName(message), schemas: byName(schema) },
  };
}

function eventChannel(event: EventDefinition, { exchanges, eventsExchange }: Topology) {
  const { name, summary, confirmedBy } = event;
  const { type } = exchanges.find((exchange) => exchange.name === eventsExchange)!;
  const exchange = { name: eventsExchange, type, durable: true, autoDelete: false, vhost: '/' };
  return {
    address: name,
    summary,
    messages: { [name]: ref('components', 'messages', name) },
    bindings: { amqp: { is: 'routingKey', exchange, ...BINDING } },
    // The watchdog of these apps publishes duplicates of the event, until these queues have confirmed it.
    'x-republished-by': republishersOf(event),
    'x-confirmed-by': [...confirmedBy],
  };
}

function queueChannel(name: string, { queues, workQueues }: Topology) {
  const events = workQueues[name]!;
  return {
    address: name,
    messages: Object.fromEntries(events.map((event) => [event, ref('components', 'messages', event)])),
    bindings: {
      amqp: {
        is: 'queue',
        queue: { name, durable: true, exclusive: false, autoDelete: false, vhost: '/' },
        ...BINDING,
      },
    },
    // AsyncAPI's binding has no field for the arguments, but RabbitMQ refuses a declaration without them.
    'x-queue-arguments': queues.find((queue) => queue.name === name)!.arguments,
  };
}

function sends({ name, summary, publishedBy }: EventDefinition): [string, object][] {
  return publishedBy.map((app) => [
    `${app}.sends.${name}`,
    {
      action: 'send',
      title: `${app} publishes ${name}`,
      summary,
      tags: [{ name: app }],
      channel: ref('channels', name),
      messages: [ref('channels', name, 'messages', name)],
      bindings: { amqp: { deliveryMode: 2, mandatory: true, timestamp: true, ...BINDING } },
    },
  ]);
}

function receives([name, events]: [string, string[]], consumers: Record<string, string>): [string, object] {
  const app = consumers[name];
  if (!app) throw new Error(`no app consumes ${name}`);
  return [
    `${app}.receives.${name}`,
    {
      action: 'receive',
      title: `${app} consumes ${name}`,
      tags: [{ name: app }],
      channel: ref('channels', name),
      messages: events.map((event) => ref('channels', name, 'messages', event)),
      bindings: { amqp: { ack: true, ...BINDING } },
    },
  ];
}

function message(event: EventDefinition) {
  const { name, summary, correlateBy } = event;
  return {
    name,
    title: name,
    summary,
    contentType: 'application/json',
    headers: {
      type: 'object',
      properties: {
        traceparent: { type: 'string', description: 'W3C trace context of the publisher, if any.' },
      },
    },
    correlationId: { location: `$message.payload#/${correlateBy}` },
    payload: ref('components', 'schemas', name),
    bindings: { amqp: { messageType: name, ...BINDING } },
    'x-properties': {
      content_type: 'application/json',
      delivery_mode: 2,
      message_id: 'event_id',
      type: name,
      timestamp: 'time of publishing, in seconds since 1970',
      app_id: 'name of the publishing app',
      correlation_id: correlateBy,
    },
    examples: exampleBodies(event).map(({ title, body }) => ({ name: title, payload: body })),
  };
}

/** Without $schema, because AsyncAPI defines its own dialect. */
function schema(event: EventDefinition) {
  return { ...bodySchema(event), $schema: undefined };
}
