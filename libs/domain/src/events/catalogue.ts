import type { z } from 'zod';
import { orderCancelled } from './order.cancelled.js';
import { orderCreated } from './order.created.js';
import { orderProcessed } from './order.processed.js';
import { orderRejected } from './order.rejected.js';
import { stockReserve } from './stock.reserve.js';
import { stockUpdated } from './stock.updated.js';

/** The topic exchange that every event goes through. */
export const EXCHANGE = 'stock_events';

/** Every event of the system, in the order in which an order meets them. */
export const catalogue = {
  'order.created': orderCreated,
  'stock.reserve': stockReserve,
  'stock.updated': stockUpdated,
  'order.processed': orderProcessed,
  'order.rejected': orderRejected,
  'order.cancelled': orderCancelled,
};

/** What an event holds, by its name: `EventOf<'order.created'>`. */
export type EventOf<Name extends keyof typeof catalogue> = z.output<(typeof catalogue)[Name]['payload']>;
