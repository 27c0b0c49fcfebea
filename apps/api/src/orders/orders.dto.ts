import {
  CANCELLATIONS,
  MAX_REASON_LENGTH,
  MAX_REFERENCE_LENGTH,
  MAX_TOTAL,
  ORDER_STATUSES,
  PAYMENT_STATUSES,
  type LineRejection,
  type OrderDetails,
  type OrderStatus,
  type PaymentFilter,
} from '@estoque/domain';
import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, Matches, Max, Min } from 'class-validator';
import { IsDateTime, IsEmailAddress, IsOptionalNotNull, IsSingleLine } from '../http/fields.decorators.js';
import { PageDto, PageQuery } from '../http/page.dto.js';
import { OptionalBody } from '../http/validation.pipe.js';
import { ReturnDto, ShipmentDto, toReturnDto, toShipmentDto } from './fulfilment.dto.js';
import { CustomerDto, METADATA_SCHEMA } from './place-order.dto.js';

const PAYMENT_FILTERS = ['none', 'any', ...PAYMENT_STATUSES] as const;

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

  /**
   * Only orders with a line of this SKU. With this filter, an amount, a currency or a payment, one request searches at most
   * 5,000 orders. If `has_more` is true, the next page continues the search, also after a page without entries.
   * @example "CAF-250"
   */
  @IsOptionalNotNull()
  @IsSingleLine(64)
  sku?: string;

  /** Only orders in this currency: an ISO 4217 code. @example "BRL" */
  @IsOptionalNotNull()
  @Matches(/^[A-Z]{3}$/, { message: 'must be an ISO 4217 code' })
  currency?: string;

  /** Only orders of at least this total amount, in minor units. @example 1000 */
  @IsOptionalNotNull()
  @Type(() => Number)
  @Max(MAX_TOTAL)
  @Min(0)
  @IsInt()
  amount_from?: number;

  /** Only orders of at most this total amount, in minor units. @example 5000 */
  @IsOptionalNotNull()
  @Type(() => Number)
  @Max(MAX_TOTAL)
  @Min(0)
  @IsInt()
  amount_to?: number;

  /**
   * `none`: only orders without online payment. `any`: only orders with one. Otherwise the status of the payment. This filter
   * requires the scope payments:read, too.
   */
  @IsOptionalNotNull()
  @IsIn(PAYMENT_FILTERS)
  payment?: PaymentFilter;
}

@OptionalBody
export class CancelOrderDto {
  /** Why the order is cancelled. It is stored with the order. @example "ordered twice" */
  @IsOptionalNotNull()
  @IsSingleLine(MAX_REASON_LENGTH)
  reason?: string;
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
  /** Units that were shipped so far. @example 0 */
  shipped!: number;
  /** Units of those that were returned so far. @example 0 */
  returned!: number;
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
  'payment_declined',
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

export class OrderDto {
  /** @example 123 */
  id!: number;
  /** Incremented by each change of the status. The header `ETag` contains it. @example 3 */
  version!: number;
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
  /** The reason that the caller gave for the cancellation, or null. @example "ordered twice" */
  cancellation_reason!: string | null;
  /** Oldest first. */
  shipments!: ShipmentDto[];
  /** Oldest first. */
  returns!: ReturnDto[];
  /** Steps in chronological order. Steps of an order that was closed more than RETENTION_DAYS ago may be deleted. */
  timeline!: TimelineEntryDto[];
  /** @example "2026-01-15T12:00:00.000Z" */
  created_at!: string;
  /** @example "2026-01-15T12:00:00.000Z" */
  updated_at!: string;
}

export class OrderPageDto extends PageDto {
  data!: OrderDto[];
}

export class OrderCountDto {
  @IsIn(ORDER_STATUSES)
  status!: OrderStatus;
  /** @example 120 */
  count!: number;
}

export class OrderCountsDto {
  /** Orders that were created at or after this time are counted. @example "2026-01-15T12:00:00.000Z" */
  since!: string;
  data!: OrderCountDto[];
  /** False if there are more orders than were counted: at most the newest 10,000 of each group of statuses. @example true */
  is_complete!: boolean;
}

type StoredLine = OrderDetails['lines'][number];
/** Of a new line, nothing is shipped or returned. */
type Line = Omit<StoredLine, 'shipped' | 'returned'> & Partial<StoredLine>;

export function toOrderDto(order: Omit<OrderDetails, 'lines'> & { lines: Line[] }): OrderDto {
  return {
    id: order.id,
    version: order.version,
    status: order.status,
    customer: { name: order.customer_name, email: order.customer_email },
    locale: order.locale,
    reference: order.reference,
    metadata: order.metadata ?? {},
    lines: order.lines.map(({ product_id, sku, name, quantity, shipped = 0, returned = 0, unit_price }) => ({
      product_id,
      sku,
      name,
      quantity,
      shipped,
      returned,
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
    cancellation_reason: order.cancellation_reason,
    shipments: order.shipments.map(toShipmentDto),
    returns: order.returns.map(toReturnDto),
    timeline: order.timeline.map(({ step, at }) => ({ step, at: at.toISOString() })),
    created_at: order.created_at.toISOString(),
    updated_at: order.updated_at.toISOString(),
  };
}
