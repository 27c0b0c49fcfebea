import { AppError } from '@estoque/platform';

export class ProductNotFound extends AppError {
  constructor(id: number) {
    super('missing', 'product_not_found', `There is no product ${id}.`);
  }
}

export class SkuTaken extends AppError {
  constructor(sku: string) {
    super('conflict', 'sku_taken', `Another product has the sku ${sku}.`, {
      fieldErrors: [{ pointer: '/sku', code: 'sku_taken', message: 'is already the sku of another product' }],
    });
  }
}
