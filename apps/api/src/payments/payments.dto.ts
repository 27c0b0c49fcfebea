import {
  MAX_REASON_LENGTH,
  MAX_TOTAL,
  PAYMENT_STATUSES,
  REFUND_STATUSES,
  type ListedRefund,
  type PaymentDetails,
  type PaymentStatus,
  type PaymentSummary,
  type RefundStatus,
} from '@estoque/domain';
import { Type } from 'class-transformer';
import { IsIn, IsInt, Max, Min } from 'class-validator';
import { IsOptionalNotNull, IsSingleLine } from '../http/fields.decorators.js';
import { PageDto, PageQuery } from '../http/page.dto.js';

export class PaymentQuery extends PageQuery {
  /** @example 123 */
  @IsOptionalNotNull()
  @Type(() => Number)
  @Max(Number.MAX_SAFE_INTEGER)
  @Min(1)
  @IsInt()
  order_id?: number;
}

export class RefundRequestDto {
  /** Amount in minor units. All that is not refunded yet, if omitted. @example 1990 */
  @IsOptionalNotNull()
  @Max(MAX_TOTAL)
  @Min(1)
  @IsInt()
  amount?: number;

  /** @example "the customer got a damaged item" */
  @IsSingleLine(MAX_REASON_LENGTH)
  reason!: string;
}

export class PaymentDto {
  /** @example 31 */
  id!: number;
  /** @example 123 */
  order_id!: number;
  /**
   * `requested`: the gateway was not asked yet, or its answer is not known. `pending`: the gateway decides later.
   * `captured`: the money was taken. `failed`: declined. `cancelled`: never charged, because the order ended before.
   */
  // Response fields are not validated: @IsIn only gives the Swagger plugin the enum, in this order.
  @IsIn(PAYMENT_STATUSES)
  status!: PaymentStatus;
  /** Token of the payment gateway. @example "tok_ok" */
  method!: string;
  /** Amount to be captured, in minor units. @example 4980 */
  amount!: number;
  /** Captured amount, in minor units. @example 4980 */
  captured!: number;
  /** Refunded amount, in minor units. @example 0 */
  refunded!: number;
  /** ISO 4217. @example "BRL" */
  currency!: string;
  /** Why it was declined, or null. @example "insufficient_funds" */
  failure!: string | null;
  /** The gateway's own id of the charge, or null. @example "pi_3Q" */
  gateway_reference!: string | null;
  /** @example "2026-01-15T12:00:00.000Z" */
  created_at!: string;
  /** @example "2026-01-15T12:00:01.000Z" */
  updated_at!: string;
}

const ATTEMPT_OUTCOMES = ['captured', 'declined', 'pending', 'unknown'] as const;

export class PaymentAttemptDto {
  /** @example "2026-01-15T12:00:00.000Z" */
  started_at!: string;
  /** Null while it is in progress, and after a crash. @example "2026-01-15T12:00:01.000Z" */
  finished_at!: string | null;
  /** Null while it is in progress, and after a crash. @example "captured" */
  @IsIn(ATTEMPT_OUTCOMES)
  outcome!: (typeof ATTEMPT_OUTCOMES)[number] | null;
  /** Reason of a refusal, or what is known about an unclear answer. @example "insufficient_funds" */
  detail!: string | null;
}

export class RefundDto {
  /** @example 7 */
  id!: number;
  /** Amount in minor units. @example 4980 */
  amount!: number;
  /** What caused it: `order cancelled`, or `request` for a request to this API. @example "request" */
  cause!: string;
  /** The reason in the request, or null. @example "the customer got a damaged item" */
  reason!: string | null;
  /** `failed`: the gateway refused it, and an operator has to give the money back. */
  @IsIn(REFUND_STATUSES)
  status!: RefundStatus;
  /** Why the gateway refused it, or what is known about an unclear answer. @example "the charge is disputed" */
  failure!: string | null;
  /** @example "2026-01-15T12:00:00.000Z" */
  created_at!: string;
  /** @example "2026-01-15T12:00:01.000Z" */
  finished_at!: string | null;
}

export class PaymentDetailsDto extends PaymentDto {
  /** Requests to the gateway, oldest first: the last 100. */
  attempts!: PaymentAttemptDto[];
  refunds!: RefundDto[];
}

export class PaymentPageDto extends PageDto {
  data!: PaymentDto[];
}

export const toPaymentDto = (payment: PaymentSummary): PaymentDto => ({
  id: payment.id,
  order_id: payment.order_id,
  status: payment.status,
  method: payment.method,
  amount: payment.amount,
  captured: payment.captured,
  refunded: payment.refunded,
  currency: payment.currency,
  failure: payment.failure,
  gateway_reference: payment.gateway_reference,
  created_at: payment.created_at.toISOString(),
  updated_at: payment.updated_at.toISOString(),
});

export const toPaymentDetailsDto = (payment: PaymentDetails): PaymentDetailsDto => ({
  ...toPaymentDto(payment),
  attempts: payment.attempts.map(({ started_at, finished_at, outcome, detail }) => ({
    started_at: started_at.toISOString(),
    finished_at: finished_at?.toISOString() ?? null,
    outcome,
    detail,
  })),
  refunds: payment.refunds.map(toRefundDto),
});

export const toRefundDto = (refund: ListedRefund): RefundDto => ({
  id: refund.id,
  amount: refund.amount,
  cause: refund.cause,
  reason: refund.reason,
  status: refund.status,
  failure: refund.failure,
  created_at: refund.created_at.toISOString(),
  finished_at: refund.finished_at?.toISOString() ?? null,
});
