import { defineEvent } from '@estoque/messaging';
import { z } from 'zod';
import { paymentExample, paymentFields } from './payment-fields.js';

export const paymentCaptured = defineEvent({
  name: 'payment.captured',
  summary: 'The amount of the order was captured.',
  version: 1,
  publishedBy: ['payment-worker'],
  republishedBy: [],
  consumedBy: ['order_queue'],
  confirmedBy: [],
  correlateBy: 'order_id',
  payload: z.object(paymentFields),
  example: paymentExample,
});
