import { AppError } from '@estoque/platform';
import { randomFillSync } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';

/**
 * One kind of event, described once: who may publish it, which queues it goes to, what it holds.
 * Bindings, checks on both ends, AsyncAPI and docs/events.md all come from here.
 */
export interface EventDefinition<Payload extends z.ZodObject = z.ZodObject> {
  /** The routing key, which the body's `event` repeats. */
  name: string;
  summary: string;
  /** Additive changes only: a field is never removed, retyped or made required within a version. */
  version: number;
  publishedBy: readonly string[];
  /** The queues that are bound to it. */
  consumedBy: readonly string[];
  payload: Payload;
  /** The field that tells what the event is about, as `order_id`: on every log line and as `correlation_id`. */
  correlateBy: string;
  example: z.output<Payload>;
}

/** All events of a system by name. */
export type EventCatalogue = Record<string, EventDefinition>;

export function defineEvent<Payload extends z.ZodObject>(definition: EventDefinition<Payload>) {
  return definition;
}

/** What we add to every event. A message without these fields is as good, so each is optional on arrival. */
export const envelopeSchema = z.object({
  event: z.string(),
  event_id: z.string().min(1).max(200).optional(),
  occurred_at: z.string().max(64).optional(),
  version: z.int().min(1).optional(),
});

/** An event on its way: its body is the flat JSON that goes over the wire. */
export interface EncodedEvent {
  eventId: string;
  event: string;
  /** What it is about, as JSON: events with the same key are published in the order in which they happened. */
  key?: string;
  body: string;
}

/** @throws AppError `broken_contract` where the payload isn't what the definition promises: a bug of the publisher */
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
  const subject: unknown = result.data[definition.correlateBy];
  return {
    eventId,
    event: definition.name,
    key: subject === undefined ? undefined : JSON.stringify(subject),
    body: JSON.stringify({ ...envelope, ...result.data }),
  };
}

/** What an encoded event is about, as `{order_id: 12}`; empty where it doesn't say. */
export function correlationOfKey(
  catalogue: EventCatalogue,
  { event, key }: Pick<EncodedEvent, 'event' | 'key'>,
) {
  const field = catalogue[event]?.correlateBy;
  return field && key ? { [field]: JSON.parse(key) as unknown } : {};
}

/**
 * What an event that arrived is about, as `{order_id: 12}`; empty where it doesn't say, or says what its contract
 * forbids: this goes to the log, and a stranger may write anything there.
 */
export function correlationOf(catalogue: EventCatalogue, event: string, payload: Record<string, unknown>) {
  const definition = Object.hasOwn(catalogue, event) ? catalogue[event] : undefined;
  if (!definition) return {};
  const { correlateBy: field, payload: contract } = definition;
  const value = payload[field];
  const schema = contract.shape[field] as z.ZodType | undefined;
  return value !== undefined && schema?.safeParse(value).success ? { [field]: value } : {};
}

/** An event is small; whatever is larger isn't one, and isn't read. */
export const MAX_BODY_BYTES = 1024 * 1024;

/** An event that arrived and keeps its contract. */
export interface DecodedEvent {
  event: string;
  eventId?: string;
  payload: Record<string, unknown>;
}

/**
 * Reads what came from a queue, whoever published it.
 *
 * @param routingKey must say the same as the body's `event`
 * @throws AppError of kind `invalid`: `body_too_large`, `invalid_json`, `unknown_event`, `broken_contract`
 */
export function decodeEvent(catalogue: EventCatalogue, body: Buffer, routingKey: string): DecodedEvent {
  if (body.length > MAX_BODY_BYTES)
    throw new AppError(
      'invalid',
      'body_too_large',
      `${body.length} bytes, and no event is larger than ${MAX_BODY_BYTES}`,
    );
  const json = parse(body);
  const envelope = envelopeSchema.safeParse(json);
  if (!envelope.success) throw new AppError('invalid', 'broken_contract', z.prettifyError(envelope.error));
  const { event, event_id: eventId } = envelope.data;
  const definition = Object.hasOwn(catalogue, event) ? catalogue[event] : undefined;
  if (!definition) throw new AppError('invalid', 'unknown_event', `no event is called ${quote(event)}`);
  if (event !== routingKey) {
    throw new AppError(
      'invalid',
      'broken_contract',
      `the body says ${event}, the routing key ${quote(routingKey)}`,
    );
  }
  const payload = definition.payload.safeParse(json);
  if (!payload.success) throw new AppError('invalid', 'broken_contract', z.prettifyError(payload.error));
  return { event, eventId, payload: payload.data };
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(body));
  } catch (error) {
    throw new AppError('invalid', 'invalid_json', withoutQuotation(error as Error), { cause: error });
  }
}

/** V8 says where the fault is by quoting the body, which may be somebody's name, and this goes to the log. */
const withoutQuotation = ({ message }: Error) =>
  message.replace(/,? (\.\.\.)?"[^]*"(\.\.\.)?/, ': it').slice(0, 200);

/** From the system in larger portions than one id's: asked for each, it was a twentieth of a worker's time. */
const pool = Buffer.alloc(4_096);
let used = pool.length;

function randomBytes(): Uint8Array {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += 16;
  return pool.subarray(used - 16, used);
}

const quote = (text: string) => JSON.stringify(text.slice(0, 100));
