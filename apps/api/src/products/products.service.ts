import { productRow, UnitOfWork } from '@estoque/domain';
import { Injectable } from '@nestjs/common';
import { pageStart, toPage, type PageQuery } from '../http/page.dto.js';
import {
  toProductDto,
  type ChangeProductDto,
  type CreateProductDto,
  type ProductDto,
  type ProductPageDto,
} from './products.dto.js';

@Injectable()
export class ProductsService {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** Creates a product with no stock. @throws SkuTaken */
  create(product: CreateProductDto): Promise<ProductDto> {
    return this.unitOfWork.inTransaction(async ({ products, stock }) => {
      const created = await products.create({ reorder_point: 0, active: true, ...product });
      await stock.create(created.id);
      return toProductDto(created);
    });
  }

  /** @throws ProductNotFound, SkuTaken, RowLocked */
  change(id: number, changes: ChangeProductDto): Promise<ProductDto> {
    return this.unitOfWork.inTransactionLocking([productRow(id)], async ({ products }) =>
      toProductDto(await products.change(id, changes)),
    );
  }

  /** @throws ProductNotFound */
  async get(id: number): Promise<ProductDto> {
    return toProductDto(await this.unitOfWork.read.products.get(id));
  }

  async list(query: PageQuery): Promise<ProductPageDto> {
    return toPage(await this.unitOfWork.read.products.list(pageStart(query)), query.limit, toProductDto);
  }
}
