import { AppError } from '@estoque/platform';

/** The customer has orders that are not processed, rejected or cancelled yet. */
export class CustomerHasOpenOrders extends AppError {
  constructor(orderId: number) {
    super(
      'conflict',
      'customer_has_open_orders',
      `Order ${orderId} of the customer is neither processed, rejected nor cancelled. Cancel it, or wait until it is processed.`,
    );
  }
}

export class ErasureNotFound extends AppError {
  constructor(id: number) {
    super('missing', 'erasure_not_found', `There is no erasure ${id}.`);
  }
}

/** The request was carried out, and its stored answer contained personal data that was erased. */
export class AnswerErased extends AppError {
  constructor() {
    super(
      'missing',
      'answer_erased',
      'A request with this idempotency key was carried out. Its answer contained personal data, which was erased.',
      { httpStatus: 410 },
    );
  }
}
