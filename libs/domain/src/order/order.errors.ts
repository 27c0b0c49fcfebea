import { AppError, type FieldError } from '@estoque/platform';
import { MAX_UNITS } from '../limits.js';
import { statusesAfter, type OrderStatus } from './order-state-machine.js';

export class OrderNotFound extends AppError {
  constructor(id: number) {
    super('missing', 'order_not_found', `There is no order ${id}.`);
  }
}

/** The items of a message differ from those of the stored order, so this system did not publish the message. */
export class OrderMismatch extends AppError {
  constructor(id: number) {
    super('conflict', 'order_mismatch', `The items in the message differ from those of order ${id}.`);
  }
}

export class OrderNotCancellable extends AppError {
  constructor(id: number, status: OrderStatus) {
    super(
      'conflict',
      'order_not_cancellable',
      `Order ${id} is ${status} and can no longer be cancelled. ${describeAllowed(status)}`,
    );
  }
}

/** A sentence for the refusal of a transition that the state machine does not allow: which ones it allows. */
export function describeAllowed(status: OrderStatus): string {
  const allowed = statusesAfter(status);
  return allowed.length === 0
    ? `The status ${status} is final.`
    : `From ${status}, an order can only become ${allowed.join(' or ')}.`;
}

/**
 * A message does not match the status of its order. It is retried, because the transition that it depends on may
 * follow. If another status rules that transition out, the message is dead-lettered after its last attempt.
 */
export class OrderNotReady extends AppError {
  constructor(id: number, status: string) {
    const message = `The event does not match the status of order ${id}, which is ${status}.`;
    super('conflict', 'order_not_ready', message, { retryable: true });
  }
}

/** A request for an order violates a rule. The pointers of the field errors refer to the request. */
export class InvalidOrder extends AppError {
  constructor(fieldErrors: FieldError[]) {
    super('invalid', 'invalid_order', fieldErrors.map(({ message }) => message).join('; '), { fieldErrors });
  }
}

export class TooManyUnits extends InvalidOrder {
  /** @param index of the first item with the product */
  constructor(index: number) {
    const message = `the quantities of this product add up to more than ${MAX_UNITS}`;
    super([{ pointer: `/items/${index}/quantity`, code: 'too_large', message }]);
  }
}

export class UnknownProducts extends InvalidOrder {
  /** @param items with an unknown product, with their index in the request */
  constructor(items: { index: number; product_id: number }[]) {
    super(
      items.map(({ index, product_id }) => ({
        pointer: `/items/${index}/product_id`,
        code: 'unknown_product',
        message: `there is no product ${product_id}`,
      })),
    );
  }
}

export class MixedCurrencies extends InvalidOrder {
  constructor(currencies: string[]) {
    const message = `all products of an order must have the same currency, not ${currencies.join(' and ')}`;
    super([{ pointer: '/items', code: 'mixed_currencies', message }]);
  }
}

export class TotalTooLarge extends InvalidOrder {
  constructor() {
    super([{ pointer: '/items', code: 'total_too_large', message: 'total exceeds the maximum amount' }]);
  }
}
