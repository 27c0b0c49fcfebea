import { defineEvent } from '@estoque/messaging';
import { z } from 'zod';
import { items, orderId } from './items.js';

export const orderCreated = defineEvent({
  name: 'order.created',
  summary: 'The order is stored.',
  version: 1,
  publishedBy: ['api'],
  republishedBy: ['order-worker'],
  consumedBy: ['order_queue'],
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
