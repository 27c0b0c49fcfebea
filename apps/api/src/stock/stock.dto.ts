import { MAX_MOVEMENT, MOVEMENT_KINDS, type Movement, type MovementKind } from '@estoque/domain';
import { IsIn, IsInt, IsNotIn, Max, Min } from 'class-validator';
import { IsSingleLine } from '../http/fields.decorators.js';
import { PageDto } from '../http/page.dto.js';

// A named constant: the Swagger plugin drops the property if the argument is an expression.
const MIN_MOVEMENT = -MAX_MOVEMENT;

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
  /** Signed change of the quantity on hand. @example -3 */
  @IsNotIn([0], { message: 'must not be 0' })
  @Max(MAX_MOVEMENT)
  @Min(MIN_MOVEMENT)
  @IsInt()
  quantity!: number;

  /** @example "damaged in the warehouse" */
  @IsSingleLine(500)
  reason!: string;
}

export class StockDto {
  /** @example 10 */
  product_id!: number;
  /** Quantity in the warehouse. @example 48 */
  on_hand!: number;
  /** Part of `on_hand` that is reserved for orders. @example 3 */
  reserved!: number;
  /** Quantity that can be reserved: `on_hand` minus `reserved`. @example 45 */
  available!: number;
}

const MOVEMENT_KIND_NAMES = Object.keys(MOVEMENT_KINDS) as MovementKind[];

export class MovementDto {
  /** @example 501 */
  id!: number;
  /** @example 10 */
  product_id!: number;
  /** Order of a sale, a cancellation or a return, otherwise null. @example 123 */
  order_id!: number | null;
  // Response fields are not validated: @IsIn only gives the Swagger plugin the enum, in this order.
  @IsIn(MOVEMENT_KIND_NAMES)
  kind!: MovementKind;
  /** Signed change of the quantity on hand; negative for a sale. @example -2 */
  quantity!: number;
  /** Quantity on hand after the movement. @example 48 */
  balance_after!: number;
  /** @example "order 123" */
  reason!: string;
  /** @example "2026-01-15T12:00:00.000Z" */
  created_at!: string;
}

/** The stock after a recorded movement, and the movement. */
export class RecordedMovementDto extends StockDto {
  movement!: MovementDto;
}

export class MovementPageDto extends PageDto {
  data!: MovementDto[];
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
