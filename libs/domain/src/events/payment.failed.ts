import { defineEvent } from '@estoque/messaging';
import { z } from 'zod';
import { paymentExample, paymentFields } from './payment-fields.js';
import { DECLINE_REASONS } from '../payment/payment-gateway.js';

export const paymentFailed = defineEvent({
  name: 'payment.failed',
  summary: 'The gateway declined the payment. Nothing was captured.',
  version: 1,
  publishedBy: ['payment-worker'],
  republishedBy: [],
  consumedBy: ['order_queue'],
  confirmedBy: [],
  correlateBy: 'order_id',
  payload: z.object({
    ...paymentFields,
    reason: z.enum(DECLINE_REASONS).describe('Why the payment was declined.'),
  }),
  example: { ...paymentExample, reason: 'insufficient_funds' as const },
});
