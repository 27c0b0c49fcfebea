import { AppError } from '@estoque/platform';

export class StockBelowReserved extends AppError {
  constructor(on_hand: number, reserved: number) {
    const message = `Of ${on_hand} on hand, ${reserved} are reserved for orders: no more than ${on_hand - reserved} can be taken away.`;
    super('conflict', 'stock_below_reserved', message, {
      fieldErrors: [{ pointer: '/quantity', code: 'stock_below_reserved', message }],
    });
  }
}

export class StockTooLarge extends AppError {
  constructor() {
    const message = `No product can have more than ${MAX_ON_HAND} on hand.`;
    super('conflict', 'stock_too_large', message, {
      fieldErrors: [{ pointer: '/quantity', code: 'stock_too_large', message }],
    });
  }
}

/** The database's own limit (CHECK on stock.on_hand). */
export const MAX_ON_HAND = 1_000_000_000;
