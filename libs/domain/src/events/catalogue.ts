import type { z } from 'zod';
import { orderCancelled } from './order.cancelled.js';
import { orderCompleted } from './order.completed.js';
import { orderCreated } from './order.created.js';
import { orderProcessed } from './order.processed.js';
import { orderRejected } from './order.rejected.js';
import { orderReturned } from './order.returned.js';
import { orderShipped } from './order.shipped.js';
import { paymentCaptured } from './payment.captured.js';
import { paymentFailed } from './payment.failed.js';
import { paymentRefunded } from './payment.refunded.js';
import { paymentRequested } from './payment.requested.js';
import { stockReserve } from './stock.reserve.js';
import { stockUpdated } from './stock.updated.js';

/** The topic exchange that every event is published to. */
export const EXCHANGE = 'stock_events';

/** Every event of the system, in the sequence in which an order causes them. */
export const catalogue = {
  'order.created': orderCreated,
  'payment.requested': paymentRequested,
  'payment.captured': paymentCaptured,
  'payment.failed': paymentFailed,
  'stock.reserve': stockReserve,
  'stock.updated': stockUpdated,
  'order.processed': orderProcessed,
  'order.rejected': orderRejected,
  'order.cancelled': orderCancelled,
  'order.shipped': orderShipped,
  'order.completed': orderCompleted,
  'order.returned': orderReturned,
  'payment.refunded': paymentRefunded,
};

export type EventName = keyof typeof catalogue;

/** Payload of an event by its name: `EventOf<'order.created'>`. */
export type EventOf<Name extends EventName> = z.output<(typeof catalogue)[Name]['payload']>;

/** Apps that publish at least one event, according to the contracts. */
export type PublisherName = (typeof catalogue)[EventName]['publishedBy'][number];
