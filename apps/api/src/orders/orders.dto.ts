import {
  LOCALES,
  MAX_ITEMS,
  MAX_METADATA_ENTRIES,
  MAX_METADATA_VALUE_LENGTH,
  MAX_REFERENCE_LENGTH,
  MAX_UNITS,
  ORDER_STATUSES,
  type Cancellation,
  type LineRejection,
  type Locale,
  type OrderDetails,
  type OrderStatus,
} from '@estoque/domain';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { PageQuery } from '../http/page.dto.js';
import { IsDateTime, IsEmailAddress, IsOptionalNotNull, IsSingleLine } from '../http/fields.decorators.js';
import { IsMetadata } from './metadata.decorator.js';

export class CustomerDto {
  /** @example "Ana Souza" */
  @IsSingleLine(200)
  name!: string;

  /** @example "ana@example.com" */
  @IsEmailAddress()
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

const METADATA_SCHEMA = {
  type: 'object',
  additionalProperties: { type: 'string', maxLength: MAX_METADATA_VALUE_LENGTH },
  maxProperties: MAX_METADATA_ENTRIES,
  selfRequired: false,
  example: { channel: 'web' },
} as const;

export class PlaceOrderDto {
  // This decorator is explicit because that of `items` is: the document lists such properties before all others.
  @ApiProperty()
  @ValidateNested()
  @IsObject({ message: 'must be an object with name and email' })
  @Type(() => CustomerDto)
  customer!: CustomerDto;

  /** Quantities of items with the same product are added up in one line of the order. */
  @ValidateNested({ each: true, message: 'must contain objects with product_id and quantity' })
  // The Swagger plugin ignores the argument of ArrayMaxSize unless it is a literal.
  @ApiProperty({ maxItems: MAX_ITEMS })
  @ArrayMaxSize(MAX_ITEMS)
  @ArrayMinSize(1)
  @IsArray()
  @Type(() => OrderItemDto)
  items!: OrderItemDto[];

  /** Language of the mails about this order. @example "pt-BR" */
  @ApiPropertyOptional({ default: 'en', example: 'pt-BR' })
  @IsOptionalNotNull()
  @IsIn(LOCALES)
  locale: Locale = 'en';

  /** Your own name for the order, for example a purchase order number. It is shown in the mails. @example "PO-2026-118" */
  @IsOptionalNotNull()
  @IsSingleLine(MAX_REFERENCE_LENGTH)
  reference?: string;

  /** Values of your own that are stored with the order: at most 50, with names of at most 40 characters. */
  @IsOptionalNotNull()
  @IsMetadata()
  // The value as it was sent: class-transformer would omit some names.
  @Transform(({ obj }) => (obj as PlaceOrderDto).metadata)
  @ApiProperty(METADATA_SCHEMA)
  metadata?: Record<string, string>;
}

export class OrderQuery extends PageQuery {
  @IsOptionalNotNull()
  @IsIn(ORDER_STATUSES)
  status?: OrderStatus;

  /** The customer's e-mail address, case-insensitive. @example "ana@example.com" */
  @IsOptionalNotNull()
  @IsEmailAddress()
  email?: string;

  /** Only orders with exactly this reference. @example "PO-2026-118" */
  @IsOptionalNotNull()
  @IsSingleLine(MAX_REFERENCE_LENGTH)
  reference?: string;

  /** Only orders created at or after this time. @example "2026-01-01T00:00:00Z" */
  @IsOptionalNotNull()
  @IsDateTime()
  created_from?: string;

  /** Only orders created before this time. @example "2026-02-01T00:00:00Z" */
  @IsOptionalNotNull()
  @IsDateTime()
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
  /** Price per unit at the time of ordering, in minor units. @example 2490 */
  unit_price!: number;
  /** Quantity times unit price, in minor units. @example 4980 */
  amount!: number;
}

export class TotalsDto {
  /** Total number of units. @example 2 */
  quantity!: number;
  /** Total amount, in minor units. @example 4980 */
  amount!: number;
  /** ISO 4217. @example "BRL" */
  currency!: string;
}

const REJECTION_REASONS = [
  'out_of_stock',
  'product_inactive',
] as const satisfies readonly LineRejection['reason'][];

export class LineRejectionDto {
  /** @example 10 */
  product_id!: number;
  // Response fields are not validated: @IsIn only gives the Swagger plugin the enum, in this order.
  @IsIn(REJECTION_REASONS)
  reason!: (typeof REJECTION_REASONS)[number];
  /** Ordered quantity. @example 2 */
  requested!: number;
  /** Quantity that was available at the time of the rejection. @example 1 */
  available!: number;
}

const TIMELINE_STEPS = [...ORDER_STATUSES, 'notified'] as const;

export class TimelineEntryDto {
  @IsIn(TIMELINE_STEPS)
  step!: (typeof TIMELINE_STEPS)[number];
  /** RFC 3339, UTC. @example "2026-01-15T12:00:00.000Z" */
  at!: string;
}

const CANCELLATIONS = ['requested', 'expired'] as const satisfies readonly Cancellation[];

export class OrderDto {
  /** @example 123 */
  id!: number;
  @IsIn(ORDER_STATUSES)
  status!: OrderStatus;
  customer!: CustomerDto;
  /** @example "pt-BR" */
  locale!: string;
  /** The customer's own name for the order, or null. @example "PO-2026-118" */
  reference!: string | null;
  /** Values that the customer stored with the order. */
  @ApiProperty({ ...METADATA_SCHEMA, selfRequired: true })
  metadata!: Record<string, string>;
  lines!: OrderLineDto[];
  totals!: TotalsDto;
  /** The lines that caused the rejection. Null unless the order is rejected. */
  rejection!: LineRejectionDto[] | null;
  /** `requested`: cancelled through the API. `expired`: the reservation expired. Null unless the order is cancelled. @example null */
  @IsIn(CANCELLATIONS)
  cancellation!: (typeof CANCELLATIONS)[number] | null;
  /** Steps in chronological order. Steps of an order that was closed more than RETENTION_DAYS ago may be deleted. */
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
  /** `cursor` of the next page, or null on the last page. @example "MTIz" */
  next_cursor!: string | null;
}

export function toOrderDto(order: OrderDetails): OrderDto {
  return {
    id: order.id,
    status: order.status,
    customer: { name: order.customer_name, email: order.customer_email },
    locale: order.locale,
    reference: order.reference,
    metadata: order.metadata ?? {},
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
