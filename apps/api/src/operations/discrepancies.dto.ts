import { MAX_ON_HAND, type LedgerComparison } from '@estoque/domain';
import { ApiProperty } from '@nestjs/swagger';
import { IsInt, IsNotIn, Max, Min } from 'class-validator';
import { IsSingleLine } from '../http/fields.decorators.js';

// A named constant: the Swagger plugin drops the property if the argument is an expression.
const MIN_QUANTITY = -MAX_ON_HAND;

export class CorrectionDto {
  /** Units that the movement adds to the ledger, or removes. @example -1 */
  quantity!: number;
  /** Stock on hand after the movement: the same as before. @example 47 */
  balance_after!: number;
}

export class LedgerComparisonDto {
  /** @example 10 */
  product_id!: number;
  /** Recorded stock on hand. @example 47 */
  on_hand!: number;
  /** Sum of the movements. @example 48 */
  booked!: number;
  /** Recorded reserved stock. @example 3 */
  reserved!: number;
  /** Sum of the active reservations. A difference from `reserved` is not repaired by a movement. @example 3 */
  actively_reserved!: number;
  /** The movement that a repair would write, or null if `on_hand` is the sum of the movements. */
  @ApiProperty({ type: () => CorrectionDto, nullable: true })
  correction!: CorrectionDto | null;
}

export class RepairDto {
  /** `correction.quantity` of the comparison; the repair is refused if it is another one now. @example -1 */
  @IsNotIn([0], { message: 'must not be 0' })
  @Max(MAX_ON_HAND)
  @Min(MIN_QUANTITY)
  @IsInt()
  quantity!: number;

  /** Why the ledger lacks the units; recorded in the movement. @example "Restored from the backup of 2026-01-14" */
  @IsSingleLine(500)
  reason!: string;
}

export const toLedgerComparisonDto = (comparison: LedgerComparison): LedgerComparisonDto => {
  const { on_hand, booked } = comparison;
  const correction = on_hand === booked ? null : { quantity: on_hand - booked, balance_after: on_hand };
  return { ...comparison, correction };
};
