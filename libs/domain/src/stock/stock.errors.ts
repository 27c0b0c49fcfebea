import { AppError } from '@estoque/platform';
import { MAX_ON_HAND } from '../limits.js';

export class MovementNotFound extends AppError {
  constructor(productId: number, id: number) {
    super('missing', 'movement_not_found', `Product ${productId} has no movement ${id}.`);
  }
}

export class StockBelowReserved extends AppError {
  constructor(on_hand: number, reserved: number) {
    const message = `${reserved} of ${on_hand} units on hand are reserved: at most ${on_hand - reserved} can be removed.`;
    super('conflict', 'stock_below_reserved', message, {
      fieldErrors: [{ pointer: '/quantity', code: 'stock_below_reserved', message }],
    });
  }
}

export class StockTooLarge extends AppError {
  /** @param pointer to the field of the request that causes it, if any */
  constructor(pointer?: string) {
    const message = `A product can have at most ${MAX_ON_HAND} units on hand.`;
    super('conflict', 'stock_too_large', message, {
      fieldErrors: pointer === undefined ? [] : [{ pointer, code: 'stock_too_large', message }],
    });
  }
}

export class NoDiscrepancy extends AppError {
  constructor(productId: number) {
    super('conflict', 'no_discrepancy', `The stock of product ${productId} is the sum of its movements.`);
  }
}

export class DiscrepancyChanged extends AppError {
  constructor(productId: number, quantity: number) {
    const message = `The ledger of product ${productId} lacks ${quantity} units now.`;
    super('conflict', 'discrepancy_changed', message, {
      fieldErrors: [{ pointer: '/quantity', code: 'discrepancy_changed', message }],
    });
  }
}
