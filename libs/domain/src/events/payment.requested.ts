import { defineEvent } from '@estoque/messaging';
import { z } from 'zod';
import { paymentExample, paymentFields } from './payment-fields.js';

export const paymentRequested = defineEvent({
  name: 'payment.requested',
  summary: 'Stock is reserved for the order, and its payment can be captured.',
  version: 1,
  publishedBy: ['order-worker'],
  republishedBy: ['order-worker'],
  consumedBy: ['payment_queue'],
  confirmedBy: [],
  correlateBy: 'order_id',
  payload: z.object(paymentFields),
  example: paymentExample,
});
