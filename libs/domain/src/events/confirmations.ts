import { catalogue, type EventName } from './catalogue.js';

/** One consumer that still has to confirm one event of an order, as stored in `orders.unconfirmed`. */
export type Confirmation = `${EventName}:${string}`;

export const confirmationOf = (event: EventName, queue: string): Confirmation => `${event}:${queue}`;

/** @returns one confirmation for each queue in `confirmedBy` of the events */
export const confirmationsOf = (events: readonly EventName[]): Confirmation[] =>
  events.flatMap((event) => catalogue[event].confirmedBy.map((queue) => confirmationOf(event, queue)));

/** @returns the events of confirmations, each once */
export const eventsOf = (confirmations: readonly Confirmation[]): EventName[] => [
  ...new Set(confirmations.map((confirmation) => confirmation.split(':')[0] as EventName)),
];
