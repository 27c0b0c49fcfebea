import { CONTENT, contains, notationsOf } from './dead-letter-content.js';
import type { DeadLetterState } from './dead-letter.entity.js';

/** Correlation of the event: `{order_id: 12}`. Empty if it is unknown. */
export type Subject = Record<string, unknown>;

/** A dead letter matches if it matches all filters that are set. */
export interface DeadLetterFilter {
  state?: DeadLetterState;
  queue?: string;
  event?: string;
  reason?: string;
  /** Key of a group: same queue, event and reason, and similar errors. */
  group?: string;
  subject?: Subject;
}

/** Selects the open dead letters of a job. */
export interface DeadLetterSelection extends Omit<DeadLetterFilter, 'state'> {
  ids?: number[];
  /** Text in the content, as in a search (DeadLetterSearch). */
  text?: string;
}

/** Maximum lengths of the stored values, in characters. The expressions of the indexes have the same lengths. */
export const MAX_LENGTH = { queue: 255, event: 255, reason: 100, error: 4_000, stack: 2_000 } as const;
/**
 * A longer subject is not stored, because an index entry could not hold it. An external client can publish any value.
 */
const MAX_SUBJECT_LENGTH = 500;

/** A replay has claimed the dead letter and has neither finished nor lost its claim. */
export const IS_CLAIMED = 'replaying_until IS NOT NULL AND replaying_until > clock_timestamp()';
/** `state` as it is reported; `open` in the table includes `replaying`. */
export const REPORTED_STATE = `CASE WHEN state = 'open' AND ${IS_CLAIMED} THEN 'replaying' ELSE state END`;

const STATE_CONDITIONS: Record<DeadLetterState, string> = {
  open: `state = 'open' AND NOT (${IS_CLAIMED})`,
  replaying: `state = 'open' AND ${IS_CLAIMED}`,
  replayed: `state = 'replayed'`,
  discarded: `state = 'discarded'`,
};

/**
 * Returns the SQL condition of a filter. It contains the filters that are set and no others: with one statement for all
 * filters, a generic plan could use no index.
 *
 * @param parameters parameters of the statement so far; those of the filter are appended
 */
export function conditionOf(
  { state, queue, event, reason, group, subject, ids, text }: DeadLetterFilter & DeadLetterSelection,
  parameters: unknown[],
): string {
  const equals = (expression: string, value: unknown) =>
    value === undefined ? [] : [`${expression} = $${parameters.push(value)}`];
  const conditions = [
    ...(state === undefined ? [] : [STATE_CONDITIONS[state]]),
    ...equals(`left(queue, ${MAX_LENGTH.queue})`, queue),
    ...equals(`left(event, ${MAX_LENGTH.event})`, event),
    ...equals(`left(reason, ${MAX_LENGTH.reason})`, reason),
    ...equals('group_key', group),
    ...equals('subject', subject && JSON.stringify(subject)),
    ...(ids === undefined ? [] : [`id = ANY($${parameters.push(ids)}::bigint[])`]),
    ...(text === undefined ? [] : [contains(CONTENT, `$${parameters.push(notationsOf([text]))}`)]),
  ];
  return conditions.length === 0 ? 'true' : conditions.join(' AND ');
}

/**
 * Returns the SQL condition and order of a list, newest first.
 *
 * @param before only smaller ids
 */
export function pageOf(filter: DeadLetterFilter, before: number | undefined, parameters: unknown[]) {
  const condition = conditionOf(filter, parameters);
  // With a filter, the order is that of the indexes for lists, and of no other index.
  const order = condition === 'true' ? 'id DESC' : '-id';
  const position = condition === 'true' ? 'id < $' : '-id > -$';
  const isOnPage = before === undefined ? '' : `AND ${position}${parameters.push(before)}::bigint`;
  return { condition: `${condition} ${isOnPage}`, order };
}

/** Returns the value of the column `subject`: null if the subject is empty or too long. */
export function subjectColumn(subject: Subject): string | null {
  const json = JSON.stringify(subject);
  return json === '{}' || json.length > MAX_SUBJECT_LENGTH ? null : json;
}

/** Replaces NUL, which PostgreSQL can't store in text, and truncates the text. */
export const toStorableText = (text: string, maxLength: number) =>
  text.replaceAll('\0', '\u2400').slice(0, maxLength);
