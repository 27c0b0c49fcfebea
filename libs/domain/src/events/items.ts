import { z } from 'zod';

export const id = z.int().min(1);
export const quantity = z.int().min(1).max(1_000_000);

/** What an order asks for, one entry for each product. */
export const items = z
  .array(z.object({ product_id: id, quantity }))
  .min(1)
  .max(100);
