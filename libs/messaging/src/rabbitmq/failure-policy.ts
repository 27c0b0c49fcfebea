import { AppError, kindOf, MAX_ATTEMPTS } from '@estoque/platform';
import type { ConsumeMessage, Options } from 'amqplib';
import { HOME_QUEUE_HEADER, RETRY_STEP_HEADER, type Topology } from './topology.js';

/** Header that counts the attempts at a message, the current one included. */
const ATTEMPT_HEADER = 'attempt';

/** Headers of a dead-lettered message: the queue it was consumed from, the error code and the error message. */
export const DEAD_LETTER_HEADERS = {
  from: 'dead_letter_from',
  code: 'dead_letter_code',
  reason: 'dead_letter_reason',
} as const;

const REQUEUE_DELAY_MS = 1_000;

type MessageProperties = Options.Publish & { messageId: string };

/** Where a failed message is published next. */
export interface FailureDecision {
  /** Also the text of the log line. */
  decision: 'retried' | 'dead-lettered';
  exchange: string;
  options: MessageProperties;
  code: string;
  reason: string;
}

/**
 * Number of the current attempt at a message, 1 for the first. It is counted in the message itself, so it doesn't
 * depend on the number of replicas.
 */
export function attemptOf({ properties }: Pick<ConsumeMessage, 'properties'>): number {
  const attempt: unknown = properties.headers?.[ATTEMPT_HEADER];
  return Number.isSafeInteger(attempt) && (attempt as number) > 0 ? (attempt as number) : 1;
}

/**
 * Number of earlier deliveries after which the broker requeued the message, because it was not acknowledged. Quorum
 * queues count them; for other queues it is 1 if there was any.
 */
export function previousDeliveriesOf({ properties, fields }: ConsumeMessage): number {
  const count: unknown = properties.headers?.['x-delivery-count'];
  return typeof count === 'number' ? count : Number(fields.redelivered);
}

/** Properties to publish a copy to the retry exchange that returns after a second and uses up no attempt. */
export function requeueOptions(message: ConsumeMessage, queue: string): MessageProperties {
  const headers = {
    [HOME_QUEUE_HEADER]: queue,
    [RETRY_STEP_HEADER]: 1,
    [ATTEMPT_HEADER]: attemptOf(message),
  };
  return { ...publisherProperties(message, headers), expiration: REQUEUE_DELAY_MS };
}

/**
 * Decides from the error what becomes of a message: a delayed retry, or a dead letter.
 *
 * @param error of any kind but `unavailable`
 * @param delaysMs delay before each retry; each is extended by a random jitter of up to 20 %
 */
export function decideFailure(
  error: unknown,
  message: ConsumeMessage,
  queue: string,
  topology: Topology,
  delaysMs: number[],
): FailureDecision {
  const kind = kindOf(error) as keyof typeof MAX_ATTEMPTS;
  const attempt = attemptOf(message);
  const isBrokenRule = error instanceof AppError && error.kind === 'conflict' && !error.stale;
  const code = error instanceof AppError ? error.code : 'bug';
  const reason = error instanceof Error ? error.message : String(error);
  if (!isBrokenRule && attempt < MAX_ATTEMPTS[kind]) {
    const delay = delaysMs[attempt - 1]! * (1 + Math.random() * 0.2);
    const headers = {
      [HOME_QUEUE_HEADER]: queue,
      [RETRY_STEP_HEADER]: attempt,
      [ATTEMPT_HEADER]: attempt + 1,
    };
    const options = { ...publisherProperties(message, headers), expiration: Math.round(delay) };
    return { decision: 'retried', exchange: topology.retry, options, code, reason };
  }
  const headers = {
    [DEAD_LETTER_HEADERS.from]: queue,
    [DEAD_LETTER_HEADERS.code]: code,
    [DEAD_LETTER_HEADERS.reason]: reason.slice(0, 2_000),
    [ATTEMPT_HEADER]: attempt,
  };
  const options = publisherProperties(message, headers);
  return { decision: 'dead-lettered', exchange: topology.dead, options, code, reason };
}

/** Headers that this library and the broker add while a message is retried, returned and dead-lettered. */
const TRANSPORT_HEADERS =
  /^(x-(death|first-death|last-death|delivery|acquired)|home_queue$|retry_step$|attempt$|dead_letter_(from|code|reason)$)/;

/** The headers that the publisher of the message set. */
export function publisherHeaders(headers: Record<string, unknown> = {}): Record<string, unknown> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !TRANSPORT_HEADERS.test(name)));
}

/** The properties and headers that the publisher of the message set, and `addedHeaders`. */
export function publisherProperties(
  { properties }: Pick<ConsumeMessage, 'properties'>,
  addedHeaders: Record<string, unknown> = {},
): MessageProperties {
  const { contentType, contentEncoding, messageId, type, timestamp, appId, correlationId } =
    properties as Options.Publish;
  return {
    contentType,
    contentEncoding,
    type,
    timestamp,
    appId,
    correlationId,
    messageId: messageId ? String(messageId) : crypto.randomUUID(),
    headers: { ...publisherHeaders(properties.headers), ...addedHeaders },
  };
}
