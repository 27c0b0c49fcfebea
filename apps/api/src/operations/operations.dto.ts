import { AUDIT_STATES, ORDER_STATUSES, type Audit, type OpenOrder, type OrderStatus } from '@estoque/domain';
import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { PageDto } from '../http/page.dto.js';

export class StuckOrderDto {
  /** @example 123 */
  id!: number;
  // Response fields are not validated: @IsIn only gives the Swagger plugin the enum, in this order.
  @IsIn(ORDER_STATUSES)
  status!: OrderStatus;
  /** When the order entered this status. @example "2026-01-15T12:00:00.000Z" */
  since!: string;
  /** How often the watchdog has republished the events of the order. @example 3 */
  republish_count!: number;
}

export class StuckOrdersDto {
  /** Oldest order first, at most 100. */
  data!: StuckOrderDto[];
}

export class DiscrepancyDto {
  /** Check that found the discrepancy. @example "on_hand" */
  check!: string;
  /** @example 10 */
  product_id!: number;
  /** Order the discrepancy belongs to, or null if it concerns several. @example 123 */
  order_id!: number | null;
  /** Value computed from the other records. @example 48 */
  expected!: number;
  /** Recorded value. @example 47 */
  found!: number;
}

export class PaymentDiscrepancyDto {
  /** Check that found the discrepancy. @example "captured" */
  check!: string;
  /** @example 123 */
  order_id!: number;
  /** Amount computed from the other records, in minor units. @example 4980 */
  expected!: number;
  /** Recorded amount, in minor units. @example 0 */
  found!: number;
}

export class AuditTotalsDto {
  /** @example 1000 */
  products!: number;
  /** @example 250000 */
  movements!: number;
  /** Active reservations, one for each line of a reserved order. @example 12 */
  active_reservations!: number;
}

export class AuditDto {
  /** @example 12 */
  id!: number;
  @IsIn(AUDIT_STATES)
  state!: (typeof AUDIT_STATES)[number];
  /** @example "2026-01-15T12:00:00.000Z" */
  requested_at!: string;
  /** Null until it runs. The result describes the stock ledger at about this time. @example "2026-01-15T12:00:03.000Z" */
  started_at!: string | null;
  /** @example "2026-01-15T12:00:06.000Z" */
  finished_at!: string | null;
  /** True if there is no discrepancy. Null unless the audit has succeeded. @example true */
  reconciles!: boolean | null;
  /** Number of compared records. Null unless the audit has succeeded. */
  @ApiProperty({ type: () => AuditTotalsDto, nullable: true })
  totals!: AuditTotalsDto | null;
  /** At most 1,000. Nothing is repaired automatically. Null unless the audit has succeeded. */
  discrepancies!: DiscrepancyDto[] | null;
  /** Differences between payments and orders. At most 1,000. Null unless the audit has succeeded. */
  payment_discrepancies!: PaymentDiscrepancyDto[] | null;
  /** Why the audit failed. Null unless it has failed. @example "canceling statement due to statement timeout" */
  error!: string | null;
}

export class AuditPageDto extends PageDto {
  data!: AuditDto[];
}

export class OutboxDto {
  /** Events in the outbox, including those published within the last second. @example 0 */
  depth!: number;
  /** Age of the oldest event in the outbox. @example 0 */
  lag_seconds!: number;
}

export const toStuckOrderDto = ({ id, status, updated_at, republish_count }: OpenOrder): StuckOrderDto => ({
  id,
  status,
  since: updated_at.toISOString(),
  republish_count,
});

export const toAuditDto = (audit: Audit): AuditDto => ({
  id: audit.id,
  state: audit.state,
  requested_at: audit.requested_at.toISOString(),
  started_at: audit.started_at?.toISOString() ?? null,
  finished_at: audit.finished_at?.toISOString() ?? null,
  reconciles:
    audit.discrepancies && audit.discrepancies.length + (audit.payment_discrepancies?.length ?? 0) === 0,
  totals: audit.totals,
  discrepancies: audit.discrepancies,
  payment_discrepancies: audit.payment_discrepancies,
  error: audit.error,
});
