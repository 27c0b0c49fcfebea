import { productRow, stockRow, UnitOfWork } from '@estoque/domain';
import { Injectable } from '@nestjs/common';
import { pageStart, toPage, type PageQuery } from '../http/page.dto.js';
import {
  toMovementDto,
  type AdjustmentDto,
  type MovementPageDto,
  type ReceiptDto,
  type StockDto,
} from './stock.dto.js';

@Injectable()
export class StockService {
  constructor(private readonly unitOfWork: UnitOfWork<'api'>) {}

  /**
   * Records a manual stock movement and stores the event `stock.updated` in one transaction.
   *
   * @throws ProductNotFound, StockBelowReserved, StockTooLarge, RowLocked
   */
  recordMovement(
    productId: number,
    kind: 'receipt' | 'adjustment',
    { quantity, reason }: ReceiptDto | AdjustmentDto,
  ): Promise<StockDto> {
    const rows = [stockRow(productId), productRow(productId)];
    return this.unitOfWork.inTransactionLocking(rows, async ({ stock, outbox }) => {
      const change = await stock.recordMovement(productId, kind, quantity, reason);
      outbox.add('stock.updated', { items: [change] });
      const { on_hand, reserved, available } = change;
      return { product_id: productId, on_hand, reserved, available };
    });
  }

  /** @throws ProductNotFound */
  async get(productId: number): Promise<StockDto> {
    const { on_hand, reserved } = await this.unitOfWork.read.stock.get(productId);
    return { product_id: productId, on_hand, reserved, available: on_hand - reserved };
  }

  /** @throws ProductNotFound */
  async movements(productId: number, query: PageQuery): Promise<MovementPageDto> {
    const { stock } = this.unitOfWork.read;
    const page = pageStart(query);
    await stock.get(productId);
    return toPage(await stock.movements({ productId, ...page }), query.limit, toMovementDto);
  }
}
