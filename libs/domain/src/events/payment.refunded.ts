import { defineEvent } from '@estoque/messaging';
import { z } from 'zod';
import { paymentExample, paymentFields } from './payment-fields.js';
import { id } from './items.js';

export const paymentRefunded = defineEvent({
  name: 'payment.refunded',
  summary: 'Money went back to the customer.',
  version: 1,
  publishedBy: ['payment-worker'],
  republishedBy: [],
  consumedBy: ['notify_queue'],
  confirmedBy: [],
  correlateBy: 'order_id',
  payload: z.object({
    ...paymentFields,
    refund_id: id.describe('Id of the refund. A duplicate of the event has the same id.'),
  }),
  example: { ...paymentExample, refund_id: 7 },
});
