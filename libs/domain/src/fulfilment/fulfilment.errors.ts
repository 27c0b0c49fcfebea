import { AppError, type FieldError } from '@estoque/platform';
import { MAX_RETURNS, MAX_SHIPMENTS } from '../limits.js';
import type { OrderStatus } from '../order/order-state-machine.js';
import { describeAllowed } from '../order/order.errors.js';

export class OrderNotShippable extends AppError {
  constructor(id: number, status: OrderStatus) {
    const message = `Order ${id} is ${status} and cannot be shipped. ${describeAllowed(status)}`;
    super('conflict', 'order_not_shippable', message);
  }
}

export class OrderNotCompletable extends AppError {
  constructor(id: number, status: OrderStatus) {
    const message = `Order ${id} is ${status} and cannot be completed. ${describeAllowed(status)}`;
    super('conflict', 'order_not_completable', message);
  }
}

/** More would be shipped than was ordered. The pointer refers to the request. */
export class ShipmentTooLarge extends AppError {
  constructor(fieldErrors: FieldError[]) {
    super('conflict', 'shipment_too_large', messageOf(fieldErrors), { fieldErrors });
  }
}

export class TooManyShipments extends AppError {
  constructor(id: number) {
    const message = `Order ${id} has ${MAX_SHIPMENTS} shipments, and cannot have more.`;
    super('conflict', 'too_many_shipments', message);
  }
}

export class OrderNotReturnable extends AppError {
  constructor(id: number, status: OrderStatus) {
    const message = `Order ${id} is ${status} and nothing of it can be returned. ${describeAllowed(status)}`;
    super('conflict', 'order_not_returnable', message);
  }
}

/** More would be returned than was shipped. The pointer refers to the request. */
export class ReturnTooLarge extends AppError {
  constructor(fieldErrors: FieldError[]) {
    super('conflict', 'return_too_large', messageOf(fieldErrors), { fieldErrors });
  }
}

export class TooManyReturns extends AppError {
  constructor(id: number) {
    const message = `Order ${id} has ${MAX_RETURNS} returns, and cannot have more.`;
    super('conflict', 'too_many_returns', message);
  }
}

/** A request names products that the order does not contain. */
export class UnknownLines extends AppError {
  constructor(fieldErrors: FieldError[]) {
    super('invalid', 'validation_failed', messageOf(fieldErrors), { fieldErrors });
  }
}

const messageOf = (fieldErrors: FieldError[]) =>
  `${fieldErrors.map(({ pointer, message }) => `${pointer}: ${message}`).join('; ')}.`;
