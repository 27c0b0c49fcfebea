import type { EntityManager } from 'typeorm';
import { ProductNotFound } from '../product/product.errors.js';
import { lockCurrentStock } from './current-stock.js';
import { DiscrepancyChanged, NoDiscrepancy } from './stock.errors.js';

/** The stock of a product and what its ledger says about it. Quantities are in units. */
export interface LedgerComparison {
  product_id: number;
  on_hand: number;
  /** Sum of the movements. */
  booked: number;
  reserved: number;
  /** Sum of the active reservations. */
  actively_reserved: number;
}

/** Movements of a product up to the one with the id `last`. */
interface Booked {
  last: number;
  booked: number;
}

/**
 * Repairs a difference between the stock on hand and the sum of the movements. The stock is not changed: a
 * movement records in the ledger what it lacks.
 */
export class LedgerRepairRepository {
  constructor(private readonly manager: EntityManager) {}

  /** @throws ProductNotFound */
  async compare(productId: number): Promise<LedgerComparison> {
    const [comparison] = await this.manager.query<LedgerComparison[]>(
      `SELECT product_id, on_hand, reserved,
              (SELECT coalesce(sum(quantity), 0)::float8 FROM movements WHERE product_id = $1) AS booked,
              (SELECT coalesce(sum(quantity), 0)::float8 FROM reservations
               WHERE product_id = $1 AND status = 'active') AS actively_reserved
       FROM stock WHERE product_id = $1`,
      [productId],
    );
    if (!comparison) throw new ProductNotFound(productId);
    return comparison;
  }

  /**
   * Writes the movement that the ledger lacks.
   *
   * @param quantity as the caller has seen it
   * @returns id of the movement, and the stock on hand
   * @throws ProductNotFound, NoDiscrepancy, DiscrepancyChanged
   */
  async correct(
    productId: number,
    quantity: number,
    reason: string,
  ): Promise<{ movement_id: number; on_hand: number }> {
    // The sum of all movements is read before the stock is locked, so that no order waits for it.
    const before = await this.bookedAfter(productId, 0);
    await lockCurrentStock(this.manager, [productId]);
    const since = await this.bookedAfter(productId, before.last);
    const [stock] = await this.manager.query<{ on_hand: number }[]>(
      'SELECT on_hand FROM stock WHERE product_id = $1',
      [productId],
    );
    if (!stock) throw new ProductNotFound(productId);
    const { on_hand } = stock;
    const lacking = on_hand - before.booked - since.booked;
    if (lacking === 0) throw new NoDiscrepancy(productId);
    if (lacking !== quantity) throw new DiscrepancyChanged(productId, lacking);
    const [movement] = await this.manager.query<{ id: number }[]>(
      `INSERT INTO movements (product_id, kind, quantity, balance_after, reason, is_correction)
       VALUES ($1, 'adjustment', $2, $3, $4, true) RETURNING id`,
      [productId, lacking, on_hand, reason],
    );
    return { movement_id: movement!.id, on_hand };
  }

  /** @param after id of a movement. Movements of a product have ascending ids: each is written while its stock is locked */
  private async bookedAfter(productId: number, after: number): Promise<Booked> {
    const [booked] = await this.manager.query<Booked[]>(
      `SELECT coalesce(max(id), $2)::bigint AS last, coalesce(sum(quantity), 0)::float8 AS booked
       FROM movements WHERE product_id = $1 AND id > $2`,
      [productId, after],
    );
    return booked!;
  }
}
