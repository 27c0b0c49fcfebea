import {
  catalogue,
  EVENT_OF_STATUS,
  FIRST_ORDER_STATUS,
  isInProgress,
  type EventName,
  type JourneyEntry,
  type JourneyKind,
  type OrderStatus,
} from '@estoque/domain';
import { WORKERS } from '../../../manifest.js';
import type { JourneySpanDto } from './journey.dto.js';

const NOTIFIED = 'notified';
const MAIL_QUEUE = 'notify_queue';

/** Apps that write entries of a kind, where one app does. */
const APP_OF_KIND: Partial<Record<JourneyKind, string>> = {
  reservation: 'order-worker',
  shipment: 'api',
  return: 'api',
  payment_attempt: 'payment-worker',
  refund: 'payment-worker',
  mail: 'notify-worker',
  webhook: 'notify-worker',
  webhook_attempt: 'notify-worker',
  dead_letter_action: 'api',
  republication: 'order-worker',
};

const appOfQueue = (queue: unknown) => WORKERS.find((worker) => worker.queue === queue)?.name ?? null;

/** @returns the spans of the entries, of the request, and of the messages between the steps, earliest first */
export function spansOf(entries: JourneyEntry[]): JourneySpanDto[] {
  const spans = entries.map((entry) => toSpan(entry, entries));
  return [...requestsOf(entries), ...spans, ...messagesOf(entries)].toSorted((one, other) =>
    one.started_at.localeCompare(other.started_at),
  );
}

/** @returns trace ids of the entries, earliest first, each once */
export const traceIdsOf = (entries: JourneyEntry[]): string[] => [
  ...new Set(entries.map(traceIdOf).filter((id) => id !== null)),
];

/** A `traceparent` is version, trace id, span id and flags, separated by dashes. */
const traceIdOf = ({ traceparent }: JourneyEntry) => traceparent?.split('-')[1] ?? null;

const isStep = ({ kind, name }: JourneyEntry, ...names: string[]) => kind === 'step' && names.includes(name);

function toSpan(entry: JourneyEntry, entries: JourneyEntry[]): JourneySpanDto {
  const { kind, name, id, started_at, finished_at, outcome, detail } = entry;
  const { process, app, version } = stepWithStock(entry, entries) ?? entry;
  return {
    kind,
    name: kind === 'republication' ? EVENT_OF_STATUS[name as OrderStatus] : name,
    id,
    app: app ?? appOf(entry),
    process,
    version,
    started_at: started_at.toISOString(),
    received_at: null,
    finished_at: finished_at?.toISOString() ?? null,
    outcome,
    detail,
    trace_id: traceIdOf(entry),
  };
}

/** @returns the step that was made in the transaction that changed the stock; undefined for other entries */
function stepWithStock({ kind, name }: JourneyEntry, entries: JourneyEntry[]): JourneyEntry | undefined {
  if (kind === 'reservation') return entries.find((entry) => isStep(entry, 'reserved', 'awaiting_payment'));
  if (kind !== 'movement') return undefined;
  return entries.find((entry) => isStep(entry, name === 'sale' ? 'processed' : 'cancelled'));
}

/** @returns the app that writes such an entry, if only one does */
function appOf({ kind, name, detail }: JourneyEntry): string | null {
  switch (kind) {
    case 'step':
      return name === NOTIFIED ? 'notify-worker' : onlyOne(publishersOf(name as OrderStatus));
    case 'movement':
      return name === 'sale' ? 'stock-worker' : 'api';
    case 'outbox':
      return detail.source as string;
    case 'dead_letter':
    case 'delivery':
      return appOfQueue(detail.queue);
    default:
      return APP_OF_KIND[kind] ?? null;
  }
}

/** The app that brings an order into a status publishes the event of the status. */
const publishersOf = (status: OrderStatus): readonly string[] =>
  catalogue[EVENT_OF_STATUS[status] as EventName].publishedBy;

const onlyOne = (names: readonly string[]) => (names.length === 1 ? names[0]! : null);

/** When the process received the request or message that caused the step; null if it is not recorded. */
function receiptOf({ kind, started_at, detail }: JourneyEntry): Date | null {
  const { handling_ms } = detail;
  return kind === 'step' && typeof handling_ms === 'number'
    ? new Date(started_at.getTime() - handling_ms)
    : null;
}

/** The request that placed the order, from its receipt until the order was written. The commit follows. */
function requestsOf(entries: JourneyEntry[]): JourneySpanDto[] {
  const first = entries.find((entry) => isStep(entry, FIRST_ORDER_STATUS));
  const receivedAt = first && receiptOf(first);
  if (!receivedAt) return [];
  return [
    {
      kind: 'http_request',
      name: 'POST /v1/orders',
      id: null,
      app: 'api',
      process: first.process,
      version: first.version,
      started_at: receivedAt.toISOString(),
      received_at: null,
      finished_at: first.started_at.toISOString(),
      outcome: 'stored',
      detail: {},
      trace_id: null,
    },
  ];
}

/**
 * A message was on its way from the step that published it until the step that its consumer made. An order in progress
 * gets its next status then; for the others, the mail about the status is recorded, unless the customer wants none.
 */
function messagesOf(entries: JourneyEntry[]): JourneySpanDto[] {
  const steps = entries.filter(({ kind, name }) => kind === 'step' && name !== NOTIFIED);
  return steps.map((step, index): JourneySpanDto => {
    const status = step.name as OrderStatus;
    const event = EVENT_OF_STATUS[status] as EventName;
    const end = isInProgress(status) ? steps[index + 1] : mailAbout(event, step, entries);
    const queue = isInProgress(status) ? onlyOne(catalogue[event].consumedBy) : MAIL_QUEUE;
    const unfinished = isInProgress(status) ? 'waiting' : null;
    // A cancellation ends the status, and is not the work of the consumer.
    const handled = end && isStep(end, 'cancelled') ? undefined : end;
    return {
      kind: 'message',
      name: event,
      id: null,
      app: appOfQueue(queue),
      process: handled?.process ?? null,
      version: handled?.version ?? null,
      started_at: step.started_at.toISOString(),
      received_at: (handled && receiptOf(handled))?.toISOString() ?? null,
      finished_at: end?.started_at.toISOString() ?? null,
      outcome: end ? 'handled' : unfinished,
      detail: { queue },
      trace_id: end ? traceIdOf(end) : null,
    };
  });
}

/** The mail about `order.processed` has the kind `order_processed`. */
const mailAbout = (event: string, step: JourneyEntry, entries: JourneyEntry[]) =>
  entries.find(
    ({ kind, name, started_at }) =>
      kind === 'mail' && name === event.replace('.', '_') && started_at >= step.started_at,
  );
