import { defineEvent } from '@estoque/messaging';
import { z } from 'zod';
import { items, orderId, productId } from './items.js';

export const orderRejected = defineEvent({
  name: 'order.rejected',
  summary: 'The order cannot be fulfilled. `reasons` lists each item that cannot be fulfilled.',
  version: 1,
  publishedBy: ['order-worker'],
  republishedBy: ['order-worker'],
  consumedBy: ['notify_queue'],
  confirmedBy: ['notify_queue'],
  correlateBy: 'order_id',
  payload: z.object({
    order_id: orderId,
    items,
    reasons: z
      .array(
        z.object({
          product_id: productId,
          reason: z
            .enum(['out_of_stock', 'product_inactive', 'payment_declined'])
            .describe(
              'Why the item cannot be fulfilled. `payment_declined`: the payment of the order was declined.',
            ),
          requested: z.int().min(1).describe('Ordered units of the product.'),
          available: z.int().min(0).describe('Units that were available.'),
        }),
      )
      .min(1)
      .describe('Items that cannot be fulfilled.'),
  }),
  example: {
    order_id: 123,
    items: [{ product_id: 10, quantity: 2 }],
    reasons: [{ product_id: 10, reason: 'out_of_stock' as const, requested: 2, available: 1 }],
  },
});
