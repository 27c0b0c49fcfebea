import type { Options } from 'amqplib';
import { createHash } from 'node:crypto';
import { ERASED } from './dead-letter.entity.js';
import { MAX_LENGTH, subjectColumn, toStorableText, type Subject } from './dead-letter-filter.js';

/** A message of the dead letter queue, ready to be stored. */
export interface NewDeadLetter {
  queue: string;
  routingKey: string;
  reason: string;
  error: string;
  /** Where the error was thrown. */
  stack?: string;
  attempts: number;
  properties: Options.Publish;
  headers: Record<string, unknown>;
  body: Buffer;
  subject: Subject;
}

/** The content of the row differs from that of the message only if one of them was erased. */
const content = (column: string) =>
  `${column} = CASE WHEN '${ERASED}' IN (dead_letters.reason, excluded.reason) THEN excluded.${column}
                    ELSE dead_letters.${column} END`;

/** Stores a dead letter, or opens its row again. Parameters: `storeParameters`. */
export const STORE = `INSERT INTO dead_letters
    (fingerprint, queue, event, reason, error, attempts, properties, headers, body, subject, state, closed_at, stack)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, CASE WHEN $11 <> 'open' THEN clock_timestamp() END, $12)
  ON CONFLICT (fingerprint) DO UPDATE SET
    reason = excluded.reason, error = excluded.error, attempts = excluded.attempts, state = excluded.state,
    stack = excluded.stack, replaying_until = NULL, replay_claim = NULL, closed_at = excluded.closed_at,
    ${['queue', 'event', 'properties', 'headers', 'body'].map(content).join(', ')},
    dead_letter_count = dead_letters.dead_letter_count + 1, last_seen = clock_timestamp()`;

/** @param fingerprint of the message, before its content was erased */
export function storeParameters(deadLetter: NewDeadLetter, fingerprint: string): unknown[] {
  const { queue, routingKey, reason, error, stack, attempts, properties, headers, body, subject } =
    deadLetter;
  return [
    fingerprint,
    toStorableText(queue, MAX_LENGTH.queue),
    toStorableText(routingKey, MAX_LENGTH.event),
    toStorableText(reason, MAX_LENGTH.reason),
    toStorableText(error, MAX_LENGTH.error),
    attempts,
    JSON.stringify({ ...properties, routingKey }),
    JSON.stringify(headers),
    body,
    subjectColumn(subject),
    reason === ERASED ? 'discarded' : 'open',
    stack === undefined ? null : toStorableText(stack, MAX_LENGTH.stack),
  ];
}

/** @returns a hash by which the same message is recognized if it is dead-lettered again */
export function fingerprintOf({
  queue,
  routingKey,
  properties,
  body,
}: Pick<NewDeadLetter, 'queue' | 'routingKey' | 'properties' | 'body'>): string {
  const identity = [queue, routingKey, String(properties.messageId ?? ''), ''].join('\0');
  return createHash('sha256').update(identity).update(body).digest('hex');
}
