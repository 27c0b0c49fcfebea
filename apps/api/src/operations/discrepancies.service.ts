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
import { toMovementDto, type MovementDto } from '../stock/stock.dto.js';
import { toLedgerComparisonDto, type LedgerComparisonDto, type RepairDto } from './discrepancies.dto.js';

@Injectable()
export class DiscrepanciesService {
  constructor(private readonly unitOfWork: UnitOfWork<'api'>) {}

  /** @throws ProductNotFound */
  async compare(productId: number): Promise<LedgerComparisonDto> {
    return toLedgerComparisonDto(await this.unitOfWork.read.ledgerRepair.compare(productId));
  }

  /**
   * Writes the movement that the ledger lacks. The stock is not changed, so no event is published.
   *
   * @throws ProductNotFound, NoDiscrepancy, DiscrepancyChanged, RowLocked, IdempotencyKeyReused, IdempotencyInProgress
   */
  repair(
    productId: number,
    { quantity, reason }: RepairDto,
    actor: Actor,
    keyed?: KeyedRequest,
  ): Promise<Answer<MovementDto>> {
    const locking = this.unitOfWork.locking([stockRow(productId), productRow(productId)]);
    return answerOnce(locking, keyed, async ({ ledgerRepair, stock, auditLog }) => {
      const { movement_id, on_hand } = await ledgerRepair.correct(productId, quantity, reason);
      // Without the reason, which is free text: the ledger has it.
      await auditLog.record(actor, {
        action: 'stock.adjusted',
        objectId: productId,
        before: { booked: on_hand - quantity },
        after: { booked: on_hand, movement_id, quantity, is_correction: true },
      });
      return {
        body: toMovementDto(await stock.movementOf(productId, movement_id)),
        headers: { location: `/v1/products/${productId}/stock/movements/${movement_id}` },
      };
    });
  }
}
