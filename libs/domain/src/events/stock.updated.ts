import { defineEvent } from '@estoque/messaging';
import { z } from 'zod';
import { id, orderId, productId } from './items.js';

export const stockUpdated = defineEvent({
  name: 'stock.updated',
  summary: 'The stock on hand changed, because of an order (then with its `order_id`) or an operator.',
  version: 1,
  publishedBy: ['api', 'stock-worker'],
  // The watchdog republishes this event only for an order and a consumer in `confirmedBy`: without one, never.
  republishedBy: ['order-worker'],
  consumedBy: ['notify_queue'],
  confirmedBy: [],
  correlateBy: 'order_id',
  payload: z.object({
    order_id: orderId.optional().describe('Order that caused the change; missing if an operator did.'),
    items: z
      .array(
        z.object({
          product_id: productId,
          movement_id: id.describe('Id of the ledger movement. A duplicate of the event has the same id.'),
          quantity: z.int().describe('Signed change of the units on hand.'),
          on_hand: z.int().min(0).describe('Units on hand after the change.'),
          reserved: z.int().min(0).describe('Part of `on_hand` that is reserved for orders.'),
          available: z.int().min(0).describe('Units that can be reserved: `on_hand` minus `reserved`.'),
        }),
      )
      .min(1)
      .describe('Products whose stock changed.'),
  }),
  example: {
    order_id: 123,
    items: [
      { product_id: 10, movement_id: 501, quantity: -2, on_hand: 48, reserved: 3, available: 45 },
      { product_id: 11, movement_id: 502, quantity: -1, on_hand: 9, reserved: 0, available: 9 },
    ],
  },
});
