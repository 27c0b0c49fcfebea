import { MAX_MOVEMENT, type Movement } from '@estoque/domain';
import { IsInt, IsNotIn, Max, Min } from 'class-validator';
import { IsSingleLine } from '../http/fields.decorators.js';

export class ReceiptDto {
  /** @example 100 */
  @Max(MAX_MOVEMENT)
  @Min(1)
  @IsInt()
  quantity!: number;

  /** @example "delivery 2026-118" */
  @IsSingleLine(500)
  reason!: string;
}

export class AdjustmentDto {
  /** Signed: what to add to what is on hand. @example -3 */
  @IsNotIn([0], { message: 'must not be 0' })
  @Max(MAX_MOVEMENT)
  @Min(-MAX_MOVEMENT)
  @IsInt()
  quantity!: number;

  /** @example "broken in the store room" */
  @IsSingleLine(500)
  reason!: string;
}

export class StockDto {
  /** @example 10 */
  product_id!: number;
  /** In the store. @example 48 */
  on_hand!: number;
  /** Of it, promised to orders. @example 3 */
  reserved!: number;
  /** What can be ordered. @example 45 */
  available!: number;
}

export class MovementDto {
  /** @example 501 */
  id!: number;
  /** @example 10 */
  product_id!: number;
  /** For a sale. @example 123 */
  order_id!: number | null;
  kind!: 'receipt' | 'adjustment' | 'sale';
  /** Signed. @example -2 */
  quantity!: number;
  /** On hand after it. @example 48 */
  balance_after!: number;
  /** @example "order 123" */
  reason!: string;
  /** @example "2026-01-15T12:00:00.000Z" */
  created_at!: string;
}

export class MovementPageDto {
  data!: MovementDto[];
  /** @example true */
  has_more!: boolean;
  /** The next page's `cursor`; null on the last page. @example "MTIz" */
  next_cursor!: string | null;
}

export function toMovementDto({
  id,
  product_id,
  order_id,
  kind,
  quantity,
  balance_after,
  reason,
  created_at,
}: Movement): MovementDto {
  return {
    id,
    product_id,
    order_id,
    kind,
    quantity,
    balance_after,
    reason,
    created_at: created_at.toISOString(),
  };
}
