import type { EventDefinition, Topology } from '@estoque/messaging';
import { exampleBodies } from './examples.js';
import { bodySchema } from './schemas.js';

const BINDING = { bindingVersion: '0.3.0' };
const ref = (...path: string[]) => ({ $ref: `#/${path.join('/')}` });

/** What the document is made of: the events, how the broker holds them, and which app consumes which queue. */
export interface Wire {
  events: EventDefinition[];
  topology: Topology;
  appOf: Record<string, string>;
}

/** The AsyncAPI 3.0 document of everything that goes over the broker. */
export function asyncApi({ events, topology, appOf }: Wire) {
  const named = <Value>(toValue: (event: EventDefinition) => Value) =>
    Object.fromEntries(events.map((event) => [event.name, toValue(event)]));
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'estoque-system events',
      version: '1.0.0',
      description:
        'Flat JSON on a topic exchange, which a client in any language reads and writes. ' +
        'Delivery is at least once; unknown fields are ignored; versions are additive only.',
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    servers: {
      rabbitmq: {
        host: '{host}',
        protocol: 'amqp',
        protocolVersion: '0-9-1',
        description: 'The broker that RABBITMQ_URL names.',
        variables: { host: { default: 'localhost:5672' } },
      },
    },
    channels: {
      ...named((event) => routingKey(event, topology)),
      ...Object.fromEntries(Object.keys(topology.workQueues).map((name) => [name, queue(name, topology)])),
    },
    operations: {
      ...Object.fromEntries(events.flatMap(sends)),
      ...Object.fromEntries(Object.entries(topology.workQueues).map((work) => receives(work, appOf))),
    },
    components: { messages: named(message), schemas: named(schema) },
  };
}

function routingKey({ name, summary }: EventDefinition, { exchanges, events }: Topology) {
  const { type } = exchanges.find((exchange) => exchange.name === events)!;
  const exchange = { name: events, type, durable: true, autoDelete: false, vhost: '/' };
  return {
    address: name,
    summary,
    messages: { [name]: ref('components', 'messages', name) },
    bindings: { amqp: { is: 'routingKey', exchange, ...BINDING } },
  };
}

function queue(name: string, { queues, workQueues: work }: Topology) {
  const events = work[name]!;
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
    // The binding has no word for these, and who declares the queue without them is refused.
    'x-queue-arguments': queues.find((each) => each.name === name)!.arguments,
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

function receives([name, events]: [string, string[]], appOf: Record<string, string>): [string, object] {
  const app = appOf[name];
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
        traceparent: { type: 'string', description: 'W3C trace context, where the publisher has one.' },
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
      timestamp: 'when it was published, in seconds',
      app_id: 'the app that published it',
      correlation_id: correlateBy,
    },
    examples: exampleBodies(event).map(({ title, body }) => ({ name: title, payload: body })),
  };
}

/** AsyncAPI's own dialect. */
function schema(event: EventDefinition) {
  return { ...bodySchema(event), $schema: undefined };
}
