import { defineEvent } from '@estoque/messaging';
import { z } from 'zod';
import { id, items, orderId } from './items.js';

export const orderShipped = defineEvent({
  name: 'order.shipped',
  summary: 'Items of the order left the warehouse. An order can have several shipments.',
  version: 1,
  publishedBy: ['api'],
  republishedBy: ['order-worker'],
  consumedBy: ['notify_queue'],
  confirmedBy: ['notify_queue'],
  correlateBy: 'order_id',
  payload: z.object({
    order_id: orderId,
    shipment_id: id.describe('Id of the shipment. A duplicate of the event has the same id.'),
    items: items.describe('Items of the shipment, one for each product.'),
  }),
  example: {
    order_id: 123,
    shipment_id: 17,
    items: [{ product_id: 10, quantity: 2 }],
  },
});
