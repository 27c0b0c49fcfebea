import { defineEvent } from '@estoque/messaging';
import { z } from 'zod';
import { items, orderId } from './items.js';

export const orderCancelled = defineEvent({
  name: 'order.cancelled',
  summary:
    'The order is cancelled, on request or because its reservation expired. Its reservation is released, or its deducted stock is on hand again. A payment that was captured has to be refunded.',
  version: 1,
  publishedBy: ['api', 'order-worker'],
  republishedBy: ['order-worker'],
  consumedBy: ['notify_queue', 'payment_queue'],
  confirmedBy: ['notify_queue', 'payment_queue'],
  correlateBy: 'order_id',
  payload: z.object({
    order_id: orderId,
    items,
    reason: z
      .enum(['requested', 'expired'])
      .describe('`requested`: cancelled through the API. `expired`: the reservation expired.'),
  }),
  example: {
    order_id: 123,
    items: [{ product_id: 10, quantity: 2 }],
    reason: 'expired' as const,
  },
});
