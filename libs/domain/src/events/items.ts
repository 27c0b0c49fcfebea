import { z } from 'zod';
import { MAX_ITEMS, MAX_UNITS } from '../limits.js';

/** An id of the database. */
export const id = z.int().min(1);
export const orderId = id.describe('Id of the order.');
export const productId = id.describe('Id of the product.');
const quantity = z.int().min(1).max(MAX_UNITS).describe('Ordered units of the product.');

/** The items of an order, one for each product. */
export const items = z
  .array(z.object({ product_id: productId, quantity }))
  .min(1)
  .max(MAX_ITEMS)
  .describe('Items of the order, one for each product.');
