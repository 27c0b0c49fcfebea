import { RowLocked } from '@estoque/database';
import { AppError, kindOf, MAX_ATTEMPTS, MAX_RETRIES } from '@estoque/platform';
import type { ConsumeMessage, Options } from 'amqplib';
import { stackOf } from './error-stack.js';
import {
  HOME_QUEUE_HEADER,
  REPLAYED_HEADER,
  REROUTED_HEADER,
  RETRY_STEP_HEADER,
  retryStepFor,
  type Topology,
} from './topology.js';

/** Header with the number of the current attempt at a message, from 1. */
const ATTEMPT_HEADER = 'attempt';

/** Headers of a dead-lettered message: the queue it was consumed from, and code, message and stack of the error. */
export const DEAD_LETTER_HEADERS = {
  from: 'dead_letter_from',
  code: 'dead_letter_code',
  reason: 'dead_letter_reason',
  stack: 'dead_letter_stack',
} as const;

const REQUEUE_DELAY_MS = 1_000;
/**
 * Delay before each return of a message whose row another session has locked; the last one is repeated. After the
 * release of the lock, all messages that waited for it are delivered again within the last delay, extended by a jitter.
 * Each delay selects another retry queue, so `retry_step` is also the number of the return.
 */
const LOCK_DELAYS_MS = [1_000, 5_000, 30_000];

/** Properties of a message to be published. */
export type MessageProperties = Options.Publish & { messageId: string };

/** How and where a failed message is published next. */
export interface FailureDecision {
  /** Also the text of the log line. */
  decision: 'retried' | 'dead-lettered';
  exchange: string;
  options: MessageProperties;
  code: string;
  reason: string;
}

/**
 * Returns the number of the current attempt at a message, 1 for the first. It is counted in the message itself, so it
 * doesn't depend on the number of replicas. A value that no worker sets is treated as missing: any client can publish
 * any header.
 */
export function attemptOf({ properties }: Pick<ConsumeMessage, 'properties'>): number {
  const attempt: unknown = properties.headers?.[ATTEMPT_HEADER];
  const isValid =
    Number.isInteger(attempt) && (attempt as number) > 0 && (attempt as number) <= MAX_RETRIES + 1;
  return isValid ? (attempt as number) : 1;
}

/** Whether the message was neither tried nor dead-lettered before. */
export function isFirstAttempt(message: Pick<ConsumeMessage, 'properties'>): boolean {
  return attemptOf(message) === 1 && message.properties.headers?.[REPLAYED_HEADER] === undefined;
}

/**
 * Returns the number of earlier deliveries of the message that were not acknowledged. Quorum queues count them: in
 * `x-acquired-count` from RabbitMQ 4.3, where `x-delivery-count` counts only some of them, and in `x-delivery-count`
 * before. For other queues the number is 0 or 1.
 *
 * The broker delivers a message with the flag `redelivered` if it has delivered it before. Without the flag, a publisher
 * has set the header.
 */
export function previousDeliveriesOf({ properties, fields }: ConsumeMessage): number {
  if (!fields.redelivered) return 0;
  const { 'x-acquired-count': acquired, 'x-delivery-count': delivered } = (properties.headers ??
    {}) as Record<string, unknown>;
  const count = Math.max(...[acquired, delivered].filter((value) => Number.isSafeInteger(value)).map(Number));
  return Math.max(1, count);
}

/**
 * Returns the properties of a copy that returns to its queue after a delay with the same attempt number.
 *
 * The delay is one second. For a message whose row another session has locked, it grows with each return, so that
 * thousands of such messages do not keep the workers busy.
 */
export function requeueOptions(message: ConsumeMessage, queue: string, reason: unknown): MessageProperties {
  const delay = reason instanceof RowLocked ? nextLockDelay(message) : REQUEUE_DELAY_MS;
  return returnOptions(message, queue, delay, attemptOf(message));
}

/**
 * Decides from the error whether a message is retried after a delay or dead-lettered.
 *
 * @param error an error of any kind except `unavailable`
 * @param delaysMs delay before each retry; each is extended by a random jitter of up to 20 %
 */
export function decideAfterFailure(
  error: unknown,
  message: ConsumeMessage,
  queue: string,
  topology: Topology,
  delaysMs: number[],
): FailureDecision {
  const attempt = attemptOf(message);
  const { code, message: reason } = describe(error);
  if (mayRetry(error, attempt)) {
    const options = returnOptions(message, queue, withJitter(delaysMs[attempt - 1]!), attempt + 1);
    return { decision: 'retried', exchange: topology.retryExchange, options, code, reason };
  }
  const headers = {
    [DEAD_LETTER_HEADERS.from]: queue,
    [DEAD_LETTER_HEADERS.code]: code,
    [DEAD_LETTER_HEADERS.reason]: reason.slice(0, 2_000),
    [DEAD_LETTER_HEADERS.stack]: stackOf(error),
    [ATTEMPT_HEADER]: attempt,
  };
  const options = publisherProperties(message, headers);
  return { decision: 'dead-lettered', exchange: topology.deadLetterExchange, options, code, reason };
}

/** @returns what happens to a message after an error at its first attempt */
export function outcomeOfFailure(error: unknown) {
  if (kindOf(error) === 'unavailable') return { decision: 'waits' as const, ...describe(error) };
  const decision = mayRetry(error, 1) ? ('retried' as const) : ('dead_lettered' as const);
  return { decision, ...describe(error) };
}

/** @param error an error of any kind except `unavailable` */
function mayRetry(error: unknown, attempt: number): boolean {
  const kind = kindOf(error) as keyof typeof MAX_ATTEMPTS;
  const isFinalConflict = error instanceof AppError && error.kind === 'conflict' && !error.retryable;
  return !isFinalConflict && attempt < MAX_ATTEMPTS[kind];
}

export const codeOf = (error: unknown) => (error instanceof AppError ? error.code : 'bug');

const describe = (error: unknown) => ({
  code: codeOf(error),
  message: error instanceof Error ? error.message : String(error),
});

const withJitter = (delayMs: number) => Math.round(delayMs * (1 + Math.random() * 0.2));

function nextLockDelay({ properties }: ConsumeMessage): number {
  const previous: unknown = properties.headers?.[RETRY_STEP_HEADER];
  const previousStep = Number.isSafeInteger(previous) ? (previous as number) : 0;
  const step = Math.min(Math.max(previousStep, 0) + 1, LOCK_DELAYS_MS.length);
  return withJitter(LOCK_DELAYS_MS[step - 1]!);
}

/** Returns the properties of a copy that waits in a retry queue and then returns to its queue. */
function returnOptions(
  message: ConsumeMessage,
  queue: string,
  delayMs: number,
  attempt: number,
): MessageProperties {
  const isReplayed = message.properties.headers?.[REPLAYED_HEADER] !== undefined;
  const headers = {
    ...(isReplayed && { [REPLAYED_HEADER]: true }),
    [HOME_QUEUE_HEADER]: queue,
    [RETRY_STEP_HEADER]: retryStepFor(delayMs),
    [ATTEMPT_HEADER]: attempt,
  };
  return { ...publisherProperties(message, headers), expiration: delayMs };
}

/** Headers that this library and the broker add when a message is retried, returned, replayed or dead-lettered. */
const TRANSPORT_HEADERS =
  /^(x-(death|first-death|last-death|delivery|acquired)|home_queue$|retry_step$|attempt$|replayed$|dead_letter_(from|code|reason|stack)$)/;

/** Returns the headers that the publisher of the message set, and `rerouted`. */
export function publisherHeaders(headers: Record<string, unknown> = {}): Record<string, unknown> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !TRANSPORT_HEADERS.test(name)));
}

/**
 * Returns the properties and headers that the publisher of the message set, and `addedHeaders`. A message without an id
 * gets a new one.
 */
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

/** Returns the properties of a copy without those that the publisher of the message set. The message id is new. */
export function withoutPublisherProperties({ expiration, headers }: MessageProperties): MessageProperties {
  const isOwn = (name: string) => TRANSPORT_HEADERS.test(name) || name === REROUTED_HEADER;
  const ownHeaders = Object.entries((headers ?? {}) as Record<string, unknown>).filter(([name]) =>
    isOwn(name),
  );
  return { messageId: crypto.randomUUID(), expiration, headers: Object.fromEntries(ownHeaders) };
}
