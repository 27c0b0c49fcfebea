import { defineEvent } from '@estoque/messaging';
import { z } from 'zod';
import { id, items } from './items.js';

export const orderRejected = defineEvent({
  name: 'order.rejected',
  summary: 'The order cannot be fulfilled. `reasons` names each line with a shortage.',
  version: 1,
  publishedBy: ['order-worker'],
  republishedBy: ['order-worker'],
  consumedBy: ['notify_queue'],
  confirmedBy: ['notify_queue'],
  correlateBy: 'order_id',
  payload: z.object({
    order_id: id,
    items,
    reasons: z
      .array(
        z.object({
          product_id: id,
          reason: z.enum(['out_of_stock', 'product_inactive']),
          requested: z.int().min(1),
          available: z.int().min(0),
        }),
      )
      .min(1),
  }),
  example: {
    order_id: 123,
    items: [{ product_id: 10, quantity: 2 }],
    reasons: [{ product_id: 10, reason: 'out_of_stock' as const, requested: 2, available: 1 }],
  },
});
