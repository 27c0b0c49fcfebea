import {
  LOCALES,
  MAX_LINES,
  MAX_UNITS,
  ORDER_STATUSES,
  type Locale,
  type OrderStatus,
  type OrderDetails,
} from '@estoque/domain';
import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsEmail,
  IsIn,
  IsInt,
  IsISO8601,
  IsObject,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { PageQuery } from '../http/page.dto.js';
import { IsSingleLine, Optional } from '../http/fields.decorators.js';

export class CustomerDto {
  /** @example "Ana Souza" */
  @IsSingleLine(200)
  name!: string;

  /** @example "ana@example.com" */
  @MaxLength(254)
  @IsEmail({ allow_display_name: false }, { message: 'must be an e-mail address' })
  email!: string;
}

export class OrderItemDto {
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

export class PlaceOrderDto {
  // Explicit like that of `items`: the document lists explicit properties before those of the Swagger plugin.
  @ApiProperty()
  @ValidateNested()
  @IsObject({ message: 'must be an object with name and email' })
  @Type(() => CustomerDto)
  customer!: CustomerDto;

  /** Lines with the same product are added up. */
  @ValidateNested({ each: true, message: 'must hold objects with product_id and quantity' })
  // The Swagger plugin ignores the argument of ArrayMaxSize unless it is a literal.
  @ApiProperty({ maxItems: MAX_LINES })
  @ArrayMaxSize(MAX_LINES)
  @ArrayMinSize(1)
  @IsArray()
  @Type(() => OrderItemDto)
  items!: OrderItemDto[];

  /** The language of the mail. @example "pt-BR" */
  @Optional()
  @IsIn(LOCALES)
  locale: Locale = 'en';
}

export class OrderQuery extends PageQuery {
  @Optional()
  @IsIn(ORDER_STATUSES)
  status?: OrderStatus;

  /** The customer's address, in whatever case. @example "ana@example.com" */
  @Optional()
  @MaxLength(254)
  @IsEmail({}, { message: 'must be an e-mail address' })
  email?: string;

  /** From this moment on. @example "2026-01-01T00:00:00Z" */
  @Optional()
  @IsISO8601({ strict: true })
  created_from?: string;

  /** Before this moment. @example "2026-02-01T00:00:00Z" */
  @Optional()
  @IsISO8601({ strict: true })
  created_to?: string;
}

export class OrderLineDto {
  /** @example 10 */
  product_id!: number;
  /** @example "CAF-250" */
  sku!: string;
  /** @example "Café torrado 250 g" */
  name!: string;
  /** @example 2 */
  quantity!: number;
  /** When it was ordered, in minor units. @example 2490 */
  unit_price!: number;
  /** @example 4980 */
  amount!: number;
}

export class TotalsDto {
  /** Units of all lines. @example 2 */
  quantity!: number;
  /** In minor units. @example 4980 */
  amount!: number;
  /** ISO 4217. @example "BRL" */
  currency!: string;
}

export class LineRejectionDto {
  /** @example 10 */
  product_id!: number;
  reason!: 'out_of_stock' | 'product_inactive';
  /** @example 2 */
  requested!: number;
  /** @example 1 */
  available!: number;
}

export class TimelineEntryDto {
  step!: 'pending' | 'reserved' | 'processed' | 'rejected' | 'cancelled' | 'notified';
  /** RFC 3339, UTC. @example "2026-01-15T12:00:00.000Z" */
  at!: string;
}

export class OrderDto {
  /** @example 123 */
  id!: number;
  status!: 'pending' | 'reserved' | 'processed' | 'rejected' | 'cancelled';
  customer!: CustomerDto;
  /** @example "pt-BR" */
  locale!: string;
  lines!: OrderLineDto[];
  totals!: TotalsDto;
  /** For a rejected order: each line that stood in the way. */
  rejection!: LineRejectionDto[] | null;
  /** For a cancelled order: on request, or because its reservation ended. @example null */
  cancellation!: 'requested' | 'expired' | null;
  /** Its steps in their order; those of an order closed long ago may be deleted (RETENTION_DAYS). */
  timeline!: TimelineEntryDto[];
  /** @example "2026-01-15T12:00:00.000Z" */
  created_at!: string;
  /** @example "2026-01-15T12:00:00.000Z" */
  updated_at!: string;
}

export class OrderPageDto {
  data!: OrderDto[];
  /** @example true */
  has_more!: boolean;
  /** The next page's `cursor`; null on the last page. @example "MTIz" */
  next_cursor!: string | null;
}

export function toOrderDto(order: OrderDetails): OrderDto {
  return {
    id: order.id,
    status: order.status,
    customer: { name: order.customer_name, email: order.customer_email },
    locale: order.locale,
    lines: order.lines.map(({ product_id, sku, name, quantity, unit_price }) => ({
      product_id,
      sku,
      name,
      quantity,
      unit_price,
      amount: quantity * unit_price,
    })),
    totals: {
      quantity: order.lines.reduce((sum, { quantity }) => sum + quantity, 0),
      amount: order.total,
      currency: order.currency,
    },
    rejection: order.rejection,
    cancellation: order.cancellation,
    timeline: order.timeline.map(({ step, at }) => ({ step, at: at.toISOString() })),
    created_at: order.created_at.toISOString(),
    updated_at: order.updated_at.toISOString(),
  };
}
