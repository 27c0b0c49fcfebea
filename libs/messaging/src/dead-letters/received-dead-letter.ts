import type { ConsumeMessage } from 'amqplib';
import { defectOf } from '../adapters/bounded-messages.js';
import { correlationOf, type EventCatalogue } from '../contract/event.js';
import {
  attemptOf,
  DEAD_LETTER_HEADERS,
  publisherHeaders,
  publisherProperties,
} from '../rabbitmq/failure-policy.js';
import { readBodyFields } from '../rabbitmq/message-body.js';
import { BODY_TOO_LARGE } from './dead-letter.entity.js';
import type { NewDeadLetter } from './new-dead-letter.js';

/** The part of `x-death` that is read. Any client can publish any value in it. */
interface Death {
  queue?: string;
  reason?: string;
}

/** Returns the queue that the broker dead-lettered the message from, if it did. */
export const deathQueueOf = (message: ConsumeMessage): string | undefined => lastDeathOf(message).queue;

/**
 * Reads the reason from the headers of the worker that dead-lettered the message, or else from those of the broker. What
 * was removed from the message when it was received is added to the error. If that is a part of the body, it is the reason.
 */
export function readDeadLetter(message: ConsumeMessage, catalogue: EventCatalogue): NewDeadLetter {
  const headers = (message.properties.headers ?? {}) as Record<string, unknown>;
  const text = (name: string) => stringOrUndefined(headers[name]);
  const death = lastDeathOf(message);
  const defect = defectOf(message);
  const { contentType, contentEncoding, type, timestamp, appId, correlationId } =
    publisherProperties(message);
  const messageId = message.properties.messageId as string | undefined;
  const { routingKey } = message.fields;
  const error =
    text(DEAD_LETTER_HEADERS.reason) ?? `dead-lettered by the broker: ${death.reason ?? 'unknown reason'}`;
  return {
    queue: text(DEAD_LETTER_HEADERS.from) ?? death.queue ?? 'unknown',
    routingKey,
    reason:
      defect?.code === BODY_TOO_LARGE
        ? BODY_TOO_LARGE
        : (text(DEAD_LETTER_HEADERS.code) ?? defect?.code ?? death.reason ?? 'unknown'),
    error: defect ? `${error}; ${defect.reason}` : error,
    stack: text(DEAD_LETTER_HEADERS.stack),
    attempts: attemptOf(message),
    properties: { contentType, contentEncoding, messageId, type, timestamp, appId, correlationId },
    headers: publisherHeaders(headers),
    body: message.content,
    subject: correlationOf(catalogue, routingKey, readBodyFields(message.content)),
  };
}

/** Returns the dead letter of a message that no queue is bound for. A body that is not complete stays the reason. */
export function unroutableDeadLetter(deadLetter: NewDeadLetter, queue: string, error: string): NewDeadLetter {
  if (deadLetter.reason === BODY_TOO_LARGE)
    return { ...deadLetter, queue, error: `${deadLetter.error}; ${error}` };
  return { ...deadLetter, queue, reason: 'unroutable', error };
}

/** The headers that keep what was removed from a message when it was received, for a copy of it. */
export function defectHeaders(message: ConsumeMessage): Record<string, unknown> {
  const defect = defectOf(message);
  return defect
    ? { [DEAD_LETTER_HEADERS.code]: defect.code, [DEAD_LETTER_HEADERS.reason]: defect.reason }
    : {};
}

/** The form of a dead letter that cannot be stored as it is: body and routing key, without properties and headers. */
export function reducedDeadLetter(message: ConsumeMessage, { message: error }: Error): NewDeadLetter {
  return {
    queue: 'unknown',
    routingKey: message.fields.routingKey,
    reason: defectOf(message)?.code === BODY_TOO_LARGE ? BODY_TOO_LARGE : 'not_storable',
    error: `the message could not be stored with its properties and headers: ${error}`,
    attempts: 1,
    properties: {},
    headers: {},
    body: message.content,
    subject: {},
  };
}

function lastDeathOf({ properties }: ConsumeMessage): Death {
  const deaths: unknown = properties.headers?.['x-death'];
  const [last] = (Array.isArray(deaths) ? deaths : []) as (Record<string, unknown> | null)[];
  return { queue: stringOrUndefined(last?.queue), reason: stringOrUndefined(last?.reason) };
}

const stringOrUndefined = (value: unknown) => (typeof value === 'string' ? value : undefined);
