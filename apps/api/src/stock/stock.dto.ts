import {
  MAX_MOVEMENT,
  MOVEMENT_KINDS,
  STOCK_WARNINGS,
  type Movement,
  type MovementKind,
  type ProductReservation,
  type StockedProduct,
  type StockWarning,
} from '@estoque/domain';
import { IsIn, IsInt, IsNotIn, Max, Min } from 'class-validator';
import { IsOptionalNotNull, IsSingleLine } from '../http/fields.decorators.js';
import { PageDto, PageQuery } from '../http/page.dto.js';

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

export class StockQuery extends PageQuery {
  /** `out`: products of which nothing is available. `low`: products whose stock is not above their reorder point. */
  @IsOptionalNotNull()
  @IsIn(STOCK_WARNINGS)
  level?: StockWarning;

  /** Only products whose SKU or name contains this text, case-insensitive. @example "café" */
  @IsOptionalNotNull()
  @IsSingleLine(100)
  search?: string;
}

/** A product with its stock. */
export class StockedProductDto extends StockDto {
  /** @example "CAF-250" */
  sku!: string;
  /** @example "Café torrado 250 g" */
  name!: string;
  /** @example true */
  active!: boolean;
  /** @example 10 */
  reorder_point!: number;
  /** Quantity on hand after each of the latest movements, at most 30, oldest first. @example [50, 48, 45] */
  balances!: number[];
}

export class StockPageDto extends PageDto {
  data!: StockedProductDto[];
}

export const toStockedProductDto = ({
  id,
  on_hand,
  reserved,
  ...product
}: StockedProduct): StockedProductDto => ({
  product_id: id,
  ...product,
  on_hand,
  reserved,
  available: on_hand - reserved,
});

/** Units of a product that are reserved for an order. */
export class ReservationDto {
  /** @example 123 */
  order_id!: number;
  /** @example 2 */
  quantity!: number;
  /** @example "2026-01-15T12:00:00.000Z" */
  created_at!: string;
  /** The reservation ends then, and its order is cancelled. @example "2026-01-15T12:30:00.000Z" */
  expires_at!: string;
}

export class ReservationsDto {
  data!: ReservationDto[];
}

export const toReservationDto = ({
  order_id,
  quantity,
  created_at,
  expires_at,
}: ProductReservation): ReservationDto => ({
  order_id,
  quantity,
  created_at: created_at.toISOString(),
  expires_at: expires_at.toISOString(),
});

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
  /** Whether the movement records a difference between the stock on hand and the movements before it. The stock on hand did not change. @example false */
  is_correction!: boolean;
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
  is_correction,
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
    is_correction,
    created_at: created_at.toISOString(),
  };
}
