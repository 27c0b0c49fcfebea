import { ORDER_STATUSES, type DryRunResult, type OrderStatus } from '@estoque/domain';
import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';

const DECISIONS = [
  'handled',
  'retried',
  'dead_lettered',
  'waits',
] as const satisfies readonly DryRunResult['decision'][];
// A named constant: the Swagger plugin drops the property if the argument is an expression.
const DECISIONS_OR_NULL = [...DECISIONS, null];
const GATEWAY_REQUESTS = ['charge', 'refund'] as const;

export class DryRunErrorDto {
  /** Stable error code. @example "order_not_ready" */
  code!: string;
  /** @example "The event does not match the status of order 123, which is pending." */
  message!: string;
}

export class DryRunOrderDto {
  /** @example 123 */
  id!: number;
  // Response fields are not validated: @IsIn only gives the Swagger plugin the enum, in this order.
  @IsIn(ORDER_STATUSES)
  before!: OrderStatus;
  @IsIn(ORDER_STATUSES)
  after!: OrderStatus;
}

export class StockQuantitiesDto {
  /** @example 50 */
  on_hand!: number;
  /** @example 2 */
  reserved!: number;
}

export class DryRunStockDto {
  /** @example 10 */
  product_id!: number;
  before!: StockQuantitiesDto;
  after!: StockQuantitiesDto;
}

export class DryRunEventDto {
  /** @example "stock.reserve" */
  event!: string;
  /** @example {"order_id": 123} */
  body!: Record<string, unknown>;
}

export class DryRunMailDto {
  /** @example "order_processed" */
  kind!: string;
  /** @example "ana@example.com" */
  recipient!: string;
}

export class DryRunPaymentDto {
  /** Status of the payment, or null if there was none. @example "requested" */
  before!: string | null;
  /** @example "captured" */
  after!: string | null;
  /** Number of refunds that would be requested. @example 0 */
  refund_requests!: number;
}

export class GatewayRequestDto {
  @IsIn(GATEWAY_REQUESTS)
  type!: (typeof GATEWAY_REQUESTS)[number];
  /** In the currency's minor unit. @example 4980 */
  amount!: number;
  /** @example "BRL" */
  currency!: string;
}

export class DryRunDto {
  /** Queue that the message would be published to. @example "order_queue" */
  queue!: string;
  /** Whether a process that consumes the queue has answered. If not, the other fields are empty. @example true */
  is_answered!: boolean;
  /** What would happen to the message. `retried`: its first attempt fails. `waits`: a row is locked, or a dependency is unavailable. */
  @IsIn(DECISIONS_OR_NULL)
  decision!: DryRunResult['decision'] | null;
  /** Result of the handler, or null if it fails. @example "reserved" */
  outcome!: string | null;
  /** Error of the handler, or null. */
  @ApiProperty({ type: () => DryRunErrorDto, nullable: true })
  error!: DryRunErrorDto | null;
  /** Status of the order before and after, or null if the message is about none. */
  @ApiProperty({ type: () => DryRunOrderDto, nullable: true })
  order!: DryRunOrderDto | null;
  /** Products whose stock would change. */
  stock!: DryRunStockDto[];
  /** Events that would be published. */
  events!: DryRunEventDto[];
  /** Mails that would be sent. */
  mails!: DryRunMailDto[];
  /** The payment of the order, or null. */
  @ApiProperty({ type: () => DryRunPaymentDto, nullable: true })
  payment!: DryRunPaymentDto | null;
  /** Requests to the payment gateway. They are not sent. */
  gateway_requests!: GatewayRequestDto[];
}

export class DryRunsDto {
  /** One entry for each queue that a replay would reach. */
  data!: DryRunDto[];
}

const UNANSWERED = {
  is_answered: false,
  decision: null,
  outcome: null,
  error: null,
  order: null,
  stock: [],
  events: [],
  mails: [],
  payment: null,
  gateway_requests: [],
};

export const toDryRunDto = (queue: string, result: DryRunResult | undefined): DryRunDto => ({
  queue,
  ...(result ? { ...(result as Omit<DryRunDto, 'queue' | 'is_answered'>), is_answered: true } : UNANSWERED),
});
