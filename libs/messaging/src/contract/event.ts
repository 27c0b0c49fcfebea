import { AppError } from '@estoque/platform';
import { randomFillSync } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';

/**
 * The contract of one event. Queue bindings, validation by publisher and consumer, the AsyncAPI document and
 * docs/events.md are derived from it.
 */
export interface EventDefinition<
  Payload extends z.ZodObject = z.ZodObject,
  Publisher extends string = string,
  Republisher extends string = string,
> {
  /** Routing key. The field `event` of the body repeats it. */
  name: string;
  summary: string;
  /** Changes within a version are additive: a field is never removed, retyped or made required. */
  version: number;
  /** Apps that publish the event. The outbox refuses the event from any other app. */
  publishedBy: readonly Publisher[];
  /** Apps that publish the event again if its effect is missing. */
  republishedBy: readonly Republisher[];
  /** Queues that are bound to the event. */
  consumedBy: readonly string[];
  /**
   * Queues whose consumer records in the database that it has handled the event (`orders.confirm`). The event is
   * republished until all of them have confirmed it. A consumer that changes the state of the order is not listed: the
   * state shows whether it has handled the event.
   */
  confirmedBy: readonly string[];
  payload: Payload;
  /**
   * Name of the correlation field, for example `order_id`. The value of that field is the correlation value: it is on
   * every log line about the event, and it is the `correlation_id` of the message.
   */
  correlateBy: string;
  example: z.output<Payload>;
}

/** All events of a system by name. */
export type EventCatalogue = Record<string, EventDefinition>;

/** Names of the events that an app may publish. */
export type EventsPublishedBy<Events extends EventCatalogue, App extends string> = {
  [Name in keyof Events & string]: App extends Events[Name]['publishedBy'][number] ? Name : never;
}[keyof Events & string];

/** Names of the events that an app may republish. */
export type EventsRepublishedBy<Events extends EventCatalogue, App extends string> = {
  [Name in keyof Events & string]: App extends Events[Name]['republishedBy'][number] ? Name : never;
}[keyof Events & string];

export function defineEvent<
  Payload extends z.ZodObject,
  Publisher extends string,
  Republisher extends string = never,
>(definition: EventDefinition<Payload, Publisher, Republisher>) {
  return definition;
}

/**
 * Fields that every event has. All but `event` are optional, because a message from an external client may lack them.
 */
export const envelopeSchema = z.object({
  event: z.string(),
  event_id: z.string().min(1).max(200).optional(),
  occurred_at: z.string().max(64).optional(),
  version: z.int().min(1).optional(),
});

/** An event ready to be published. */
export interface EncodedEvent {
  eventId: string;
  event: string;
  /**
   * Correlation value as JSON. Events with the same key are published in the order of their creation, except events
   * that two processes write at the same moment (docs/adr/0001).
   */
  key?: string;
  /** Body of the message: flat JSON. */
  body: string;
}

/** @throws AppError `broken_contract` if the payload violates the contract: a bug of the publisher */
export function encodeEvent(definition: EventDefinition, payload: unknown): EncodedEvent {
  const result = definition.payload.safeParse(payload);
  if (!result.success) {
    throw new AppError('bug', 'broken_contract', `${definition.name}: ${z.prettifyError(result.error)}`);
  }
  const eventId = uuidv7({ random: randomBytes() });
  const envelope = {
    event: definition.name,
    event_id: eventId,
    occurred_at: new Date().toISOString(),
    version: definition.version,
  };
  const correlationValue: unknown = result.data[definition.correlateBy];
  return {
    eventId,
    event: definition.name,
    key: correlationValue === undefined ? undefined : JSON.stringify(correlationValue),
    body: JSON.stringify({ ...envelope, ...result.data }),
  };
}

/** @returns the correlation of an encoded event, for example `{order_id: 12}`; empty if the event has no key */
export function correlationOfKey(
  catalogue: EventCatalogue,
  { event, key }: Pick<EncodedEvent, 'event' | 'key'>,
) {
  const field = catalogue[event]?.correlateBy;
  return field && key ? { [field]: JSON.parse(key) as unknown } : {};
}

/**
 * @returns the correlation of a received event, for example `{order_id: 12}`; empty if the field is missing or violates
 * the contract, because the result is logged and an external client can publish any value
 */
export function correlationOf(catalogue: EventCatalogue, event: string, payload: Record<string, unknown>) {
  const definition = Object.hasOwn(catalogue, event) ? catalogue[event] : undefined;
  if (!definition) return {};
  const { correlateBy: field, payload: payloadSchema } = definition;
  const value = payload[field];
  const schema = payloadSchema.shape[field] as z.ZodType | undefined;
  return value !== undefined && schema?.safeParse(value).success ? { [field]: value } : {};
}

/** Events are small. A larger body is not parsed. */
export const MAX_BODY_BYTES = 1024 * 1024;

/** A received event that satisfies its contract. */
export interface DecodedEvent {
  event: string;
  eventId?: string;
  /** As the publisher stated it: it may be any text. */
  occurredAt?: string;
  payload: Record<string, unknown>;
}

/**
 * Decodes and validates a received message.
 *
 * @param routingKey must equal the field `event` of the body
 * @throws AppError of kind `invalid`: `body_too_large`, `invalid_json`, `unknown_event`, `broken_contract`
 */
export function decodeEvent(catalogue: EventCatalogue, body: Buffer, routingKey: string): DecodedEvent {
  if (body.length > MAX_BODY_BYTES)
    throw new AppError(
      'invalid',
      'body_too_large',
      `the body has ${body.length} bytes, the maximum is ${MAX_BODY_BYTES}`,
    );
  const json = parse(body);
  const envelope = envelopeSchema.safeParse(json);
  if (!envelope.success) throw brokenContract(envelope.error);
  const { event, event_id: eventId, occurred_at: occurredAt } = envelope.data;
  const definition = Object.hasOwn(catalogue, event) ? catalogue[event] : undefined;
  if (!definition) throw new AppError('invalid', 'unknown_event', `unknown event ${quote(event)}`);
  if (event !== routingKey) {
    throw new AppError(
      'invalid',
      'broken_contract',
      `the field \`event\` is ${event}, the routing key is ${quote(routingKey)}`,
    );
  }
  const payload = definition.payload.safeParse(json);
  if (!payload.success) throw brokenContract(payload.error);
  return { event, eventId, occurredAt, payload: payload.data };
}

const brokenContract = (cause: z.ZodError) =>
  new AppError('invalid', 'broken_contract', z.prettifyError(cause), { cause });

/** Why a message violates the contract of its event. */
export interface ContractViolation {
  /** JSON pointer to the invalid field of the message; empty for the whole message. */
  pointer: string;
  message: string;
}

/** @returns why `decodeEvent` would refuse the message; empty if it would not */
export function contractViolations(
  catalogue: EventCatalogue,
  body: Buffer,
  routingKey: string,
): ContractViolation[] {
  try {
    decodeEvent(catalogue, body, routingKey);
    return [];
  } catch (error) {
    const { cause, message } = error as AppError;
    if (!(cause instanceof z.ZodError)) return [{ pointer: '', message }];
    return cause.issues.map((issue) => ({ pointer: pointerTo(issue.path), message: issue.message }));
  }
}

/** RFC 6901. */
const pointerTo = (path: PropertyKey[]) =>
  path.map((name) => `/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

const utf8 = new TextDecoder('utf-8', { fatal: true });

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(body));
  } catch (error) {
    throw new AppError('invalid', 'invalid_json', withoutQuotedBody(error as Error), { cause: error });
  }
}

/**
 * Removes the part of the body that V8 quotes in its message: it can contain personal data, and the message is logged.
 */
const withoutQuotedBody = ({ message }: Error) =>
  message.replace(/,? (\.\.\.)?"[^]*"(\.\.\.)?/, ': it').slice(0, 200);

/** Random bytes are fetched in blocks: fetching 16 bytes for each id took a twentieth of a worker's time. */
const randomPool = Buffer.alloc(4_096);
let usedBytes = randomPool.length;

function randomBytes(): Uint8Array {
  if (usedBytes === randomPool.length) {
    randomFillSync(randomPool);
    usedBytes = 0;
  }
  usedBytes += 16;
  return randomPool.subarray(usedBytes - 16, usedBytes);
}

const quote = (text: string) => JSON.stringify(text.slice(0, 100));
