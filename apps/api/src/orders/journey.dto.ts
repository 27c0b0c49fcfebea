import { JOURNEY_KINDS, ORDER_STATUSES, type JourneyKind, type OrderStatus } from '@estoque/domain';
import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';

const SPAN_KINDS = ['message', ...JOURNEY_KINDS] as const;

export class JourneySpanDto {
  // Response fields are not validated: @IsIn only gives the Swagger plugin the enum, in this order.
  @IsIn(SPAN_KINDS)
  kind!: JourneyKind | 'message';
  /** Status of a step, event of a message, kind of a mail or movement. @example "order.created" */
  name!: string;
  /** Id of the mail, movement, webhook delivery or dead letter; null if it has none. @example 12 */
  id!: number | null;
  /** App that did it, or that handled the message. Null if several apps can. @example "order-worker" */
  app!: string | null;
  /** @example "2026-01-15T12:00:00.010Z" */
  started_at!: string;
  /** Null if it has no duration, or has not ended. @example "2026-01-15T12:00:00.034Z" */
  finished_at!: string | null;
  /** @example "sent" */
  outcome!: string | null;
  /** Further facts, by kind. */
  @ApiProperty({ type: 'object', additionalProperties: true, example: { product_id: 10, quantity: -2 } })
  detail!: Record<string, unknown>;
  /** Trace that it belongs to; null if it was not traced. @example "0af7651916cd43dd8448eb211c80319c" */
  trace_id!: string | null;
}

export class JourneyDto {
  /** @example 123 */
  order_id!: number;
  @IsIn(ORDER_STATUSES)
  status!: OrderStatus;
  /** Traces of the order, earliest first. @example ["0af7651916cd43dd8448eb211c80319c"] */
  trace_ids!: string[];
  /** Earliest first. At most 200 of each kind. */
  spans!: JourneySpanDto[];
}
