import { defineEvent } from '@estoque/messaging';
import { z } from 'zod';
import { items, orderId } from './items.js';

export const orderProcessed = defineEvent({
  name: 'order.processed',
  summary: 'The stock of the order is deducted and the ledger movements are written.',
  version: 1,
  publishedBy: ['stock-worker'],
  republishedBy: ['order-worker'],
  consumedBy: ['notify_queue'],
  confirmedBy: ['notify_queue'],
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
