import { AppError } from '@estoque/platform';

export class OrderNotFound extends AppError {
  constructor(id: number) {
    super('missing', 'order_not_found', `There is no order ${id}.`);
  }
}

/** A message speaks of an order otherwise than the order stands in the database: somebody made it up. */
export class OrderMismatch extends AppError {
  constructor(id: number) {
    super('conflict', 'order_mismatch', `Order ${id} holds other items than the message says.`);
  }
}

/** Its stock is deducted, or there is nothing to cancel any more. */
export class OrderNotCancellable extends AppError {
  constructor(id: number, status: string) {
    super('conflict', 'order_not_cancellable', `Order ${id} is ${status} and can't be cancelled any more.`);
  }
}

/** A message comes before the step that it builds on; a moment later it may be right. */
export class OrderNotReady extends AppError {
  constructor(id: number, status: string) {
    super('conflict', 'order_not_ready', `Order ${id} is ${status}: too early for this.`, { stale: true });
  }
}
