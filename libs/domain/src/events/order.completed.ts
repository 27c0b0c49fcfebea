import { defineEvent } from '@estoque/messaging';
import { z } from 'zod';
import { items, orderId } from './items.js';

export const orderCompleted = defineEvent({
  name: 'order.completed',
  summary: 'The order is completed, on request or some time after its last shipment.',
  version: 1,
  publishedBy: ['api', 'order-worker'],
  // The watchdog republishes this event only for an order and a consumer in `confirmedBy`: without one, never.
  republishedBy: ['order-worker'],
  // It sends no mail. Without a queue, the event would be kept in `unrouted_queue`.
  consumedBy: ['notify_queue'],
  confirmedBy: [],
  correlateBy: 'order_id',
  payload: z.object({ order_id: orderId, items }),
  example: {
    order_id: 123,
    items: [
      { product_id: 10, quantity: 2 },
      { product_id: 11, quantity: 1 },
    ],
  },
});
