import { defineEvent } from '@estoque/messaging';
import { z } from 'zod';
import { id } from './items.js';

export const stockUpdated = defineEvent({
  name: 'stock.updated',
  summary: 'What is on hand changed, by an order (then with its order_id) or by hand.',
  version: 1,
  publishedBy: ['api', 'stock-worker'],
  republishedBy: ['order-worker'],
  consumedBy: ['notify_queue'],
  confirmedBy: [],
  correlateBy: 'order_id',
  payload: z.object({
    order_id: id.optional(),
    items: z
      .array(
        z.object({
          product_id: id,
          /** The movement that made the change: the same however often the event arrives. */
          movement_id: id,
          /** The change, signed. */
          quantity: z.int(),
          on_hand: z.int().min(0),
          reserved: z.int().min(0),
          available: z.int().min(0),
        }),
      )
      .min(1),
  }),
  example: {
    order_id: 123,
    items: [
      { product_id: 10, movement_id: 501, quantity: -2, on_hand: 48, reserved: 3, available: 45 },
      { product_id: 11, movement_id: 502, quantity: -1, on_hand: 9, reserved: 0, available: 9 },
    ],
  },
});
