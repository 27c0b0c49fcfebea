import {
  MAX_CARRIER_LENGTH,
  MAX_ITEMS,
  MAX_REASON_LENGTH,
  MAX_TRACKING_NUMBER_LENGTH,
  MAX_UNITS,
  type Return,
  type Shipment,
} from '@estoque/domain';
import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsInt,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { IsOptionalNotNull, IsSingleLine } from '../http/fields.decorators.js';
import { OptionalBody } from '../http/validation.pipe.js';

/** Units of a product of the order. */
export class OrderUnitsDto {
  /** @example 10 */
  @Max(Number.MAX_SAFE_INTEGER)
  @Min(1)
  @IsInt()
  product_id!: number;

  /** @example 2 */
  @Max(MAX_UNITS)
  @Min(1)
  @IsInt()
  quantity!: number;
}

@OptionalBody
export class ShipOrderDto {
  /** What is shipped. Quantities of entries with the same product are added up. Default: everything that is not shipped yet. */
  @IsOptionalNotNull()
  @ValidateNested({ each: true, message: 'must contain objects with product_id and quantity' })
  // The Swagger plugin ignores the argument of ArrayMaxSize unless it is a literal.
  @ApiProperty({ maxItems: MAX_ITEMS })
  @ArrayMaxSize(MAX_ITEMS)
  @ArrayMinSize(1)
  @IsArray()
  @Type(() => OrderUnitsDto)
  lines?: OrderUnitsDto[];

  /** The mail to the customer names it. @example "Correios" */
  @IsOptionalNotNull()
  @IsSingleLine(MAX_CARRIER_LENGTH)
  carrier?: string;

  /** The mail to the customer names it. @example "QB123456785BR" */
  @IsOptionalNotNull()
  @IsSingleLine(MAX_TRACKING_NUMBER_LENGTH)
  tracking_number?: string;
}

export class ReturnOrderDto {
  /** What came back. Quantities of entries with the same product are added up. */
  @ValidateNested({ each: true, message: 'must contain objects with product_id and quantity' })
  // The Swagger plugin ignores the argument of ArrayMaxSize unless it is a literal.
  @ApiProperty({ maxItems: MAX_ITEMS })
  @ArrayMaxSize(MAX_ITEMS)
  @ArrayMinSize(1)
  @IsArray()
  @Type(() => OrderUnitsDto)
  lines!: OrderUnitsDto[];

  /** Why the units came back. @example "too small" */
  @IsSingleLine(MAX_REASON_LENGTH)
  reason!: string;

  /** Whether the units can be sold again: they are then on hand, with a movement of the kind `return`. @example true */
  @IsBoolean()
  restock!: boolean;
}

export class ShipmentDto {
  /** @example 17 */
  id!: number;
  lines!: OrderUnitsDto[];
  /** @example "Correios" */
  carrier!: string | null;
  /** Null if there is none, or after the customer was erased. @example "QB123456785BR" */
  tracking_number!: string | null;
  /** @example "2026-01-15T12:00:00.000Z" */
  created_at!: string;
}

export const toShipmentDto = ({
  id,
  lines,
  carrier,
  tracking_number,
  created_at,
}: Shipment): ShipmentDto => ({
  id,
  lines,
  carrier,
  tracking_number,
  created_at: created_at.toISOString(),
});

export class ReturnDto {
  /** @example 9 */
  id!: number;
  lines!: OrderUnitsDto[];
  /** Null after the customer was erased. @example "too small" */
  reason!: string | null;
  /** Whether the units are on hand again. @example true */
  restocked!: boolean;
  /** What the customer paid for the units, in minor units. @example 2490 */
  amount!: number;
  /** @example "2026-01-15T12:00:00.000Z" */
  created_at!: string;
}

export const toReturnDto = ({ id, lines, reason, restocked, amount, created_at }: Return): ReturnDto => ({
  id,
  lines,
  reason,
  restocked,
  amount,
  created_at: created_at.toISOString(),
});
