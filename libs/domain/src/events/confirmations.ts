import { catalogue, type EventName } from './catalogue.js';

/**
 * An event of an order and the queue whose consumer still has to confirm it, as stored in `orders.unconfirmed`. If an order
 * can have several events of the name, the id of the event's subject follows: of the shipment, for example.
 */
export type PendingConfirmation = `${EventName}:${string}`;

/** An event of an order. `subject_id`: id of what the event is about, if an order can have several events of the name. */
export interface OrderEvent {
  event: EventName;
  subject_id?: number;
}

export const pendingConfirmation = ({ event, subject_id }: OrderEvent, queue: string): PendingConfirmation =>
  subject_id === undefined ? `${event}:${queue}` : `${event}:${queue}:${subject_id}`;

/** @returns one confirmation for each queue in `confirmedBy` of the events */
export const pendingConfirmationsOf = (events: readonly OrderEvent[]): PendingConfirmation[] =>
  events.flatMap((event) =>
    catalogue[event.event].confirmedBy.map((queue) => pendingConfirmation(event, queue)),
  );

/** @returns event and queue of a pending confirmation */
export function parseConfirmation(confirmation: PendingConfirmation): OrderEvent & { queue: string } {
  const [event, queue, subject] = confirmation.split(':') as [EventName, string, string?];
  return { event, queue, ...(subject !== undefined && { subject_id: Number(subject) }) };
}
