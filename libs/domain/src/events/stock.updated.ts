import { defineEvent } from '@estoque/messaging';
import { z } from 'zod';
import { id } from './items.js';

export const stockUpdated = defineEvent({
  name: 'stock.updated',
  summary: 'The stock on hand changed, by an order (then with its `order_id`) or by an operator.',
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
          /** Id of the ledger movement. A duplicate of the event has the same id. */
          movement_id: id,
          /** Signed change of the stock on hand. */
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
