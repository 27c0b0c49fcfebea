import { contextFromTraceparent, type SpanStart } from '@estoque/platform';
import { SpanKind } from '@opentelemetry/api';
import type { ConsumeMessage } from 'amqplib';
import type { StoredEvent } from '../outbox/outbox.js';
import { attemptOf } from './failure-policy.js';

// Names and attributes follow OpenTelemetry's semantic conventions for messaging and for RabbitMQ.

export const TRACEPARENT_HEADER = 'traceparent';

/**
 * Span from publishing an event to the publisher confirm. Its parent is the span that wrote the event to the outbox.
 */
export function publishSpan(exchange: string, { event, eventId, body, traceparent }: StoredEvent): SpanStart {
  const destination = `${exchange}:${event}`;
  return {
    name: `publish ${destination}`,
    kind: SpanKind.PRODUCER,
    parent: contextFromTraceparent(traceparent),
    attributes: {
      'messaging.system': 'rabbitmq',
      'messaging.operation.type': 'send',
      'messaging.operation.name': 'publish',
      'messaging.destination.name': destination,
      'messaging.rabbitmq.destination.routing_key': event,
      'messaging.message.id': eventId,
      'messaging.message.body.size': Buffer.byteLength(body),
    },
  };
}

/** Span from the delivery of a message to its settlement. Its parent is the span that published the message. */
export function processSpan(
  { fields, properties, content }: ConsumeMessage,
  queue: string,
  waitedMs: number,
): SpanStart {
  const destination = [fields.exchange, fields.routingKey, queue].filter(Boolean).join(':');
  return {
    name: `process ${destination}`,
    kind: SpanKind.CONSUMER,
    startTime: Date.now() - waitedMs,
    parent: contextFromTraceparent(properties.headers?.[TRACEPARENT_HEADER]),
    attributes: {
      'messaging.system': 'rabbitmq',
      'messaging.operation.type': 'process',
      'messaging.operation.name': 'process',
      'messaging.destination.name': destination,
      'messaging.rabbitmq.destination.routing_key': fields.routingKey,
      'messaging.rabbitmq.message.delivery_tag': fields.deliveryTag,
      'messaging.message.id': String(properties.messageId ?? ''),
      'messaging.message.body.size': content.length,
      'estoque.attempt': attemptOf({ properties }),
    },
  };
}
