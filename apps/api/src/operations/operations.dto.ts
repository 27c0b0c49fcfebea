import { ORDER_STATUSES, type Discrepancy, type OpenOrder, type OrderStatus } from '@estoque/domain';
import { IsIn } from 'class-validator';

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
  /** Longest stuck first, at most 100. */
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

export class AuditDto {
  /** True if there is no discrepancy. @example true */
  reconciles!: boolean;
  /** At most 1,000. Nothing is repaired automatically. */
  discrepancies!: DiscrepancyDto[];
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

export const toAuditDto = (discrepancies: Discrepancy[]): AuditDto => ({
  reconciles: discrepancies.length === 0,
  discrepancies,
});
