import {
  productRow,
  stockRow,
  UnitOfWork,
  type Actor,
  type Answer,
  type KeyedRequest,
} from '@estoque/domain';
import { Injectable } from '@nestjs/common';
import { answerOnce } from '../idempotency/answer-once.js';
import { pageStart, toPage, type PageQuery } from '../http/page.dto.js';
import {
  toMovementDto,
  toReservationDto,
  toStockedProductDto,
  type AdjustmentDto,
  type MovementDto,
  type MovementPageDto,
  type ReceiptDto,
  type RecordedMovementDto,
  type ReservationsDto,
  type StockDto,
  type StockPageDto,
  type StockQuery,
} from './stock.dto.js';

const MAX_RESERVATIONS = 100;

const ACTIONS = { receipt: 'stock.received', adjustment: 'stock.adjusted' } as const;

@Injectable()
export class StockService {
  constructor(private readonly unitOfWork: UnitOfWork<'api'>) {}

  /**
   * Records a manual stock movement and stores the event `stock.updated` in one transaction.
   *
   * @throws ProductNotFound, StockBelowReserved, StockTooLarge, RowLocked, IdempotencyKeyReused, IdempotencyInProgress
   */
  recordMovement(
    productId: number,
    kind: 'receipt' | 'adjustment',
    { quantity, reason }: ReceiptDto | AdjustmentDto,
    actor: Actor,
    keyed?: KeyedRequest,
  ): Promise<Answer<RecordedMovementDto>> {
    const locking = this.unitOfWork.locking([stockRow(productId), productRow(productId)]);
    return answerOnce(locking, keyed, async ({ stock, outbox, auditLog }) => {
      const change = await stock.recordMovement(productId, kind, quantity, reason);
      outbox.add('stock.updated', { items: [change] });
      const { on_hand, reserved, available, movement_id } = change;
      // Without the reason, which is free text: the ledger has it.
      await auditLog.record(actor, {
        action: ACTIONS[kind],
        objectId: productId,
        before: { on_hand: on_hand - quantity },
        after: { on_hand, movement_id, quantity },
      });
      const movement = toMovementDto(await stock.movementOf(productId, movement_id));
      return {
        body: { product_id: productId, on_hand, reserved, available, movement },
        headers: { location: `/v1/products/${productId}/stock/movements/${movement_id}` },
      };
    });
  }

  /** @throws ProductNotFound */
  async get(productId: number): Promise<StockDto> {
    const { on_hand, reserved } = await this.unitOfWork.read.stock.get(productId);
    return { product_id: productId, on_hand, reserved, available: on_hand - reserved };
  }

  async list({ level, search, ...page }: StockQuery): Promise<StockPageDto> {
    const rows = await this.unitOfWork.read.stock.list({ level, search, ...pageStart(page) });
    return toPage(rows, page.limit, toStockedProductDto);
  }

  /** @throws ProductNotFound */
  async reservations(productId: number): Promise<ReservationsDto> {
    const { stock, activeReservations } = this.unitOfWork.read;
    await stock.get(productId);
    const reservations = await activeReservations.ofProduct(productId, MAX_RESERVATIONS);
    return { data: reservations.map(toReservationDto) };
  }

  /** @throws MovementNotFound */
  async movement(productId: number, id: number): Promise<MovementDto> {
    return toMovementDto(await this.unitOfWork.read.stock.movementOf(productId, id));
  }

  /** @throws ProductNotFound */
  async movements(productId: number, query: PageQuery): Promise<MovementPageDto> {
    const { stock } = this.unitOfWork.read;
    const page = pageStart(query);
    await stock.get(productId);
    return toPage(await stock.movements({ productId, ...page }), query.limit, toMovementDto);
  }
}
