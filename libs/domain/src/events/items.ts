import { z } from 'zod';
import { MAX_ITEMS, MAX_UNITS } from '../limits.js';

export const id = z.int().min(1);
export const quantity = z.int().min(1).max(MAX_UNITS);

/** The items of an order, one for each product. */
export const items = z
  .array(z.object({ product_id: id, quantity }))
  .min(1)
  .max(MAX_ITEMS);
