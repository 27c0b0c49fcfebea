import type { EntityManager } from 'typeorm';

/**
 * SQL that reads the current row version of each product's stock, and not the earlier ones that an old snapshot keeps: a
 * popular product has thousands of them (docs/adr/0021). An index lookup by product alone visits them all, oldest first.
 *
 * @param products SQL of a `bigint[]`; rows are locked in its sequence
 * @param columns columns of `stock` to select
 * @param lock locking clause: with SKIP LOCKED, rows that another transaction has locked are omitted
 */
export const currentStock = (products: string, columns: string, lock = '') =>
  `SELECT current.* FROM unnest(${products}::bigint[]) AS product (id) CROSS JOIN LATERAL (
     SELECT ${columns} FROM stock WHERE product_id = product.id ORDER BY change_group DESC LIMIT 1 ${lock}) AS current`;

/** Locks the stock of the products for this transaction. @param products ascending, so that two callers cannot deadlock */
export async function lockCurrentStock(manager: EntityManager, products: number[]) {
  await manager.query(currentStock('$1', '1', 'FOR NO KEY UPDATE'), [products]);
}

/**
 * Condition of an UPDATE: a current row of these products. A further condition on the product must not be one that an
 * index can answer (`product_id + 0`), or the planner may look up all versions of each product.
 */
export const isCurrentStock = (products: string) =>
  `stock.ctid = ANY(ARRAY(${currentStock(products, 'ctid')}))`;

/**
 * Assignment for each frequent update of `stock`. Row versions of the same two seconds are in the same group, so that an
 * update writes an index entry only once in this time. Correctness does not depend on it.
 */
export const SET_CHANGE_GROUP = 'change_group = extract(epoch FROM now())::bigint / 2';
