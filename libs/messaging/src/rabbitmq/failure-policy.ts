import { AppError, kindOf, type ErrorKind } from '@estoque/platform';
import type { ConsumeMessage, Options } from 'amqplib';
import { HOME_QUEUE_HEADER, RETRY_STEP_HEADER, RETRY_STEPS, type Topology } from './topology.js';

/** Attempts a message gets in all, the first one included, before it is parked. An outage uses up none. */
const ATTEMPTS: Record<Exclude<ErrorKind, 'unavailable'>, number> = {
  invalid: 1,
  missing: 5,
  conflict: 5,
  bug: 4,
};

export const ATTEMPT_HEADER = 'attempt';

/** Headers that tell the dead letters where a message came from, and why it is there. */
export const DEAD_LETTER_HEADERS = {
  from: 'dead_letter_from',
  code: 'dead_letter_code',
  reason: 'dead_letter_reason',
} as const;

const PUT_BACK_FOR_MS = 1_000;

/** Where a message that failed goes next, and the line that tells of it. */
export interface FailureDecision {
  decision: 'retried' | 'dead-lettered';
  exchange: string;
  options: Options.Publish & { messageId: string };
  code: string;
  reason: string;
}

/** How often this message has been tried, this time included. Counted in the message, so that replicas don't matter. */
export function attemptOf({ properties }: Pick<ConsumeMessage, 'properties'>): number {
  const attempt: unknown = properties.headers?.[ATTEMPT_HEADER];
  return Number.isSafeInteger(attempt) && (attempt as number) > 0 ? (attempt as number) : 1;
}

/** How often the broker has taken it back before this delivery: quorum queues count, others only tell whether. */
export function previousDeliveriesOf({ properties, fields }: ConsumeMessage): number {
  const count: unknown = properties.headers?.['x-delivery-count'];
  return typeof count === 'number' ? count : Number(fields.redelivered);
}

/** For the retry exchange: comes home soon, as often tried as before. */
export function requeueOptions(message: ConsumeMessage, queue: string) {
  const headers = {
    [HOME_QUEUE_HEADER]: queue,
    [RETRY_STEP_HEADER]: 1,
    [ATTEMPT_HEADER]: attemptOf(message),
  };
  return { ...copyOf(message, headers), expiration: PUT_BACK_FOR_MS };
}

/** The error decides: another try after a while, or the dead letters. */
export function decideFailure(
  error: unknown,
  message: ConsumeMessage,
  queue: string,
  topology: Topology,
  delaysMs: number[],
): FailureDecision {
  const kind = kindOf(error) as keyof typeof ATTEMPTS;
  const attempt = attemptOf(message);
  const brokenRule = error instanceof AppError && error.kind === 'conflict' && !error.stale;
  const code = error instanceof AppError ? error.code : 'bug';
  const reason = error instanceof Error ? error.message : String(error);
  if (!brokenRule && attempt < ATTEMPTS[kind]) {
    const step = Math.min(attempt, RETRY_STEPS);
    const delay = delaysMs[step - 1]! * (1 + Math.random() * 0.2);
    const headers = { [HOME_QUEUE_HEADER]: queue, [RETRY_STEP_HEADER]: step, [ATTEMPT_HEADER]: attempt + 1 };
    const options = { ...copyOf(message, headers), expiration: Math.round(delay) };
    return { decision: 'retried', exchange: topology.retry, options, code, reason };
  }
  const headers = {
    [DEAD_LETTER_HEADERS.from]: queue,
    [DEAD_LETTER_HEADERS.code]: code,
    [DEAD_LETTER_HEADERS.reason]: reason.slice(0, 2_000),
    [ATTEMPT_HEADER]: attempt,
  };
  return {
    decision: 'dead-lettered',
    exchange: topology.dead,
    options: copyOf(message, headers),
    code,
    reason,
  };
}

/** What we and the broker write on a message on its rounds; the rest is its publisher's. */
const TRAIL =
  /^(x-(death|first-death|last-death|delivery|acquired)|home_queue$|retry_step$|attempt$|dead_letter_(from|code|reason)$)/;

export function ownHeaders(headers: Record<string, unknown> = {}): Record<string, unknown> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !TRAIL.test(name)));
}

/** The message's own properties and headers, with some of ours. */
export function copyOf(
  { properties }: Pick<ConsumeMessage, 'properties'>,
  headers: Record<string, unknown> = {},
): Options.Publish & { messageId: string } {
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
    headers: { ...ownHeaders(properties.headers), ...headers },
  };
}
