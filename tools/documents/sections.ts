import {
  EVENT_OF_STATUS,
  FIRST_ORDER_STATUS,
  isFinal,
  MOVEMENT_KINDS,
  ORDER_STATUSES,
  ORDER_TRANSITIONS,
  RESERVATION_TRANSITIONS,
  TRANSITION_STATUSES,
  type OrderStatus,
} from '@estoque/domain';
import type { EventDefinition } from '@estoque/messaging';
import type { Wire } from './asyncapi.js';
import { code, markdownTable } from './markdown.js';

const NONE = '–';

/** Every event with its publishers and consumers. @param linkOf returns the link target of an event's name */
export function eventsTable({ events, consumers }: Wire, linkOf: (event: EventDefinition) => string): string {
  return markdownTable(
    ['routing key', 'published by', 'when', 'consumed by'],
    events.map((event) => [
      `[${code(event.name)}](${linkOf(event)})`,
      event.publishedBy.join(', '),
      event.summary,
      event.consumedBy.map((queue) => `${code(queue)} (${consumers[queue]})`).join(', ') || NONE,
    ]),
  );
}

/** A drawing with a line for each event and queue: publishers, event, queue, consumer. */
export function flowDrawing({ events, consumers }: Wire): string {
  const arrows = events.flatMap(({ name, publishedBy, consumedBy }) => {
    const queues = consumedBy.length === 0 ? [undefined] : consumedBy;
    return queues.map((queue) => ({
      publishers: publishedBy.join(', '),
      event: name,
      queue: queue ?? '(no queue)',
      consumer: queue === undefined ? undefined : consumers[queue],
    }));
  });
  const widest = (texts: string[]) => Math.max(...texts.map((text) => text.length));
  const publishersWidth = widest(arrows.map(({ publishers }) => publishers));
  const eventWidth = widest(arrows.map(({ event }) => event));
  const queueWidth = widest(arrows.map(({ queue }) => queue));
  const lines = arrows.map(({ publishers, event, queue, consumer }) => {
    const arrow = `── ${event} ${'─'.repeat(eventWidth - event.length + 2)}▶`;
    const start = `${publishers.padEnd(publishersWidth)} ${arrow} ${queue}`;
    return consumer === undefined
      ? start
      : `${start.padEnd(start.length + queueWidth - queue.length)} ──▶ ${consumer}`;
  });
  return ['```', ...lines, '```'].join('\n');
}

export interface AppRow {
  name: string;
  kind: string;
  port: number;
  queue?: string;
  /** Link target of the app's folder. */
  folder: string;
  /** Files to read first. */
  files: { name: string; link: string }[];
}

export function appsTable({ topology }: Wire, apps: AppRow[]): string {
  return markdownTable(
    ['app', 'kind', 'default port', 'queue', 'events in the queue', 'start reading at'],
    apps.map(({ name, kind, port, queue, folder, files }) => [
      `[${code(name)}](${folder})`,
      kind,
      String(port),
      queue ? code(queue) : NONE,
      (queue && topology.workQueues[queue]?.map(code).join(', ')) || NONE,
      files.map((file) => `[${file.name}](${file.link})`).join(', '),
    ]),
  );
}

/** Every transition of an order, with the event of the status after it. */
export function transitionsTable(): string {
  const transitions: Record<string, { from: OrderStatus[]; to: OrderStatus }> = {
    place: { from: [], to: FIRST_ORDER_STATUS },
    ...TRANSITION_STATUSES,
  };
  return markdownTable(
    ['transition', 'from', 'to', 'event'],
    Object.entries(transitions).map(([name, { from, to }]) => [
      code(name),
      from.map(code).join(', ') || NONE,
      isFinal(to) ? `${code(to)} (final)` : code(to),
      codeOrNone(EVENT_OF_STATUS[to]),
    ]),
  );
}

/** Every status of an order, with what the table in the code says about it. */
export function statusesTable(): string {
  return markdownTable(
    ['status', 'event', 'stock of the lines', 'next transition is made by'],
    ORDER_STATUSES.map((status) => {
      const { stock, isInProgress } = ORDER_TRANSITIONS[status];
      return [
        code(status),
        codeOrNone(EVENT_OF_STATUS[status]),
        stock,
        isInProgress ? 'a worker' : isFinal(status) ? NONE : 'a request',
      ];
    }),
  );
}

/** A Mermaid diagram of the statuses of an order. */
export const orderDiagram = () =>
  stateDiagram(
    FIRST_ORDER_STATUS,
    Object.fromEntries(ORDER_STATUSES.map((status) => [status, ORDER_TRANSITIONS[status].transitions])),
  );

/** A Mermaid diagram of the statuses of a reservation. */
export const reservationDiagram = () => stateDiagram('active', RESERVATION_TRANSITIONS);

export const movementsTable = () =>
  markdownTable(
    ['kind', 'meaning'],
    Object.entries(MOVEMENT_KINDS).map(([kind, meaning]) => [code(kind), meaning]),
  );

function stateDiagram(first: string, transitions: Record<string, Record<string, string>>): string {
  const arrows = Object.entries(transitions).flatMap(([from, byName]) => [
    ...Object.entries(byName).map(([name, to]) => `${from} --> ${to}: ${name}`),
    ...(Object.keys(byName).length === 0 ? [`${from} --> [*]`] : []),
  ]);
  const lines = ['stateDiagram-v2', ...[`[*] --> ${first}`, ...arrows].map((line) => `  ${line}`)];
  return ['```mermaid', ...lines, '```'].join('\n');
}

const codeOrNone = (text: string | undefined) => (text === undefined ? NONE : code(text));
