import { JOURNEY_KINDS, ORDER_STATUSES, type OrderStatus } from '@estoque/domain';
import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';

const SPAN_KINDS = ['http_request', 'message', ...JOURNEY_KINDS] as const;
type SpanKind = (typeof SPAN_KINDS)[number];

export class JourneySpanDto {
  // Response fields are not validated: @IsIn only gives the Swagger plugin the enum, in this order.
  @IsIn(SPAN_KINDS)
  kind!: SpanKind;
  /** Status of a step, event of a message or delivery, kind of a mail or movement. @example "order.created" */
  name!: string;
  /** Id of the mail, movement, webhook delivery, dead letter or delivery; null if it has none. @example 12 */
  id!: number | null;
  /** App that did it, or that handled the message. Null if several apps can. @example "order-worker" */
  app!: string | null;
  /** Process that did it, or that handled the message. Null if that is not recorded. @example "order-worker-1f0c2a9e@order-worker-7d4b9" */
  process!: string | null;
  /** Version of that process. @example "1.4.0" */
  version!: string | null;
  /** @example "2026-01-15T12:00:00.010Z" */
  started_at!: string;
  /** When the process received the message: until then, it waited. Null for other kinds, and if it is not recorded. @example "2026-01-15T12:00:00.021Z" */
  received_at!: string | null;
  /** Null if it has no duration, or has not ended. Of `http_request`: when the order was written; the commit and the answer follow. @example "2026-01-15T12:00:00.034Z" */
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
  /** Address of a trace, with `{trace_id}` in place of its id. Null unless TRACE_URL is set. @example "https://jaeger.example.com/trace/{trace_id}" */
  trace_url!: string | null;
  /** Earliest first. At most 200 of each kind. */
  spans!: JourneySpanDto[];
}
