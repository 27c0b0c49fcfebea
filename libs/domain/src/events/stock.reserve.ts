import { defineEvent } from '@estoque/messaging';
import { z } from 'zod';
import { items, orderId } from './items.js';

// Historical name: the stock is reserved already; the event starts the deduction.
export const stockReserve = defineEvent({
  name: 'stock.reserve',
  summary: 'Stock is reserved for the order.',
  version: 1,
  publishedBy: ['order-worker'],
  republishedBy: ['order-worker'],
  consumedBy: ['stock_queue'],
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
