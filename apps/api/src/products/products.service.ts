import {
  productDataRow,
  productSkuRow,
  UnitOfWork,
  type Actor,
  type Answer,
  type ExpectedVersion,
  type KeyedRequest,
} from '@estoque/domain';
import { Injectable } from '@nestjs/common';
import { answerOnce } from '../idempotency/answer-once.js';
import { pageStart, toPage } from '../http/page.dto.js';
import {
  toProductDto,
  type ChangeProductDto,
  type CreateProductDto,
  type ProductDto,
  type ProductPageDto,
  type ProductQuery,
} from './products.dto.js';

@Injectable()
export class ProductsService {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** Creates a product with no stock. @throws SkuTaken, IdempotencyKeyReused, IdempotencyInProgress */
  create(product: CreateProductDto, actor: Actor, keyed?: KeyedRequest): Promise<Answer<ProductDto>> {
    return answerOnce(this.unitOfWork, keyed, async ({ products, stock, auditLog }) => {
      const created = await products.create({ reorder_point: 0, active: true, ...product });
      const { id } = created;
      await stock.create(id);
      await auditLog.record(actor, {
        action: 'product.created',
        objectId: id,
        after: auditedFields(created),
      });
      return { body: toProductDto(created), headers: { location: `/v1/products/${id}` } };
    });
  }

  /**
   * @param expected the version that the caller has read; undefined: any
   * @throws ProductNotFound, VersionStale, SkuTaken, RowLocked
   */
  change(
    id: number,
    changes: ChangeProductDto,
    actor: Actor,
    expected?: ExpectedVersion,
  ): Promise<ProductDto> {
    const row = changes.sku === undefined ? productDataRow(id) : productSkuRow(id);
    return this.unitOfWork.locking([row]).inTransaction(async ({ products, auditLog }) => {
      const { before, after } = await products.change(id, changes, expected);
      await auditLog.record(actor, {
        action: 'product.changed',
        objectId: id,
        before: auditedFields(before),
        after: auditedFields(after),
      });
      return toProductDto(after);
    });
  }

  /** @throws ProductNotFound */
  async get(id: number): Promise<ProductDto> {
    return toProductDto(await this.unitOfWork.read.products.get(id));
  }

  async list({ sku, active, ...page }: ProductQuery): Promise<ProductPageDto> {
    const rows = await this.unitOfWork.read.products.list({ sku, active, ...pageStart(page) });
    return toPage(rows, page.limit, toProductDto);
  }
}

/** The fields that a client can change. */
const auditedFields = ({ sku, name, price, currency, reorder_point, active }: CreateProductDto) => ({
  sku,
  name,
  price,
  currency,
  reorder_point,
  active,
});
