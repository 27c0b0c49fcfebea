import { defineEvent } from '@estoque/messaging';
import { z } from 'zod';
import { id, items, orderId } from './items.js';

export const orderReturned = defineEvent({
  name: 'order.returned',
  summary: 'Shipped items of the order came back. An order can have several returns.',
  version: 1,
  publishedBy: ['api'],
  republishedBy: ['order-worker'],
  consumedBy: ['notify_queue'],
  confirmedBy: ['notify_queue'],
  correlateBy: 'order_id',
  payload: z.object({
    order_id: orderId,
    return_id: id.describe('Id of the return. A duplicate of the event has the same id.'),
    items: items.describe('Items that were returned, one for each product.'),
    restocked: z.boolean().describe('Whether the items are on hand again.'),
  }),
  example: {
    order_id: 123,
    return_id: 9,
    items: [{ product_id: 10, quantity: 1 }],
    restocked: true,
  },
});
