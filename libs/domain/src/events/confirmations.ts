import { catalogue, type EventName } from './catalogue.js';

/** An event of an order and the queue whose consumer still has to confirm it, as stored in `orders.unconfirmed`. */
export type PendingConfirmation = `${EventName}:${string}`;

export const pendingConfirmation = (event: EventName, queue: string): PendingConfirmation =>
  `${event}:${queue}`;

/** @returns one confirmation for each queue in `confirmedBy` of the events */
export const pendingConfirmationsOf = (events: readonly EventName[]): PendingConfirmation[] =>
  events.flatMap((event) => catalogue[event].confirmedBy.map((queue) => pendingConfirmation(event, queue)));

/** @returns the events of the confirmations, without duplicates */
export const eventsOf = (confirmations: readonly PendingConfirmation[]): EventName[] => [
  ...new Set(confirmations.map((confirmation) => confirmation.split(':')[0] as EventName)),
];
