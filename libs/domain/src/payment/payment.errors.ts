import { AppError } from '@estoque/platform';

export class PaymentNotFound extends AppError {
  constructor(id: number) {
    super('missing', 'payment_not_found', `There is no payment ${id}.`);
  }
}

/** A message is about the payment of an order that has none. */
export class OrderWithoutPayment extends AppError {
  constructor(orderId: number) {
    super('missing', 'payment_not_found', `Order ${orderId} has no payment.`);
  }
}

/** A message reports an outcome that the payment does not have. Retried, because the outcome may follow. */
export class PaymentNotReady extends AppError {
  constructor(orderId: number, status: string) {
    const message = `The event does not match the payment of order ${orderId}, which is ${status}.`;
    super('conflict', 'payment_not_ready', message, { retryable: true });
  }
}

/** A message reports a refund that was not made. Retried, because it may follow. */
export class RefundNotMade extends AppError {
  constructor(id: number) {
    super('conflict', 'refund_not_made', `Refund ${id} was not made.`, { retryable: true });
  }
}

/** More would be refunded than was captured. */
export class RefundTooLarge extends AppError {
  constructor(amount: number, refundable: number) {
    const message = `exceeds the refundable amount, which is ${refundable}`;
    super('conflict', 'refund_too_large', `A refund of ${amount} ${message}.`, {
      fieldErrors: [{ pointer: '/amount', code: 'refund_too_large', message }],
    });
  }
}
