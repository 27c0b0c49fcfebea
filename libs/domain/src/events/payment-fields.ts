import { z } from 'zod';
import { MAX_TOTAL } from '../limits.js';
import { id, orderId } from './items.js';

/** The fields of each event about a payment. */
export const paymentFields = {
  order_id: orderId,
  payment_id: id.describe('Id of the payment.'),
  amount: z.int().min(1).max(MAX_TOTAL).describe("Amount in the currency's minor unit."),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .describe('ISO 4217.'),
};

export const paymentExample = { order_id: 123, payment_id: 31, amount: 4_980, currency: 'BRL' };
