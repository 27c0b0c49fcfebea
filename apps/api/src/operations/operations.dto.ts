import type { Discrepancy, OverdueOrder } from '@estoque/domain';

export class StuckOrderDto {
  /** @example 123 */
  id!: number;
  status!: 'pending' | 'reserved' | 'processed' | 'rejected' | 'cancelled';
  /** When it came to this state. @example "2026-01-15T12:00:00.000Z" */
  since!: string;
  /** How often its event was published again. @example 3 */
  republish_count!: number;
}

export class StuckOrdersDto {
  /** The longest first, 100 at most. */
  data!: StuckOrderDto[];
}

export class DiscrepancyDto {
  /** Which rule of the books is broken. @example "on_hand" */
  check!: string;
  /** @example 10 */
  product_id!: number;
  /** The order whose the drift is; null where it is no single one's. @example 123 */
  order_id!: number | null;
  /** What the other records come to. @example 48 */
  expected!: number;
  /** @example 47 */
  found!: number;
}

export class AuditDto {
  /** @example true */
  balanced!: boolean;
  /** Nothing is repaired: somebody has to find out why. 1,000 at most. */
  discrepancies!: DiscrepancyDto[];
}

export class OutboxDto {
  /** Events that wait to be published. @example 0 */
  depth!: number;
  /** How long the oldest of them waits. @example 0 */
  lag_seconds!: number;
}

export const toStuckOrderDto = ({
  id,
  status,
  updated_at,
  republish_count: republish_count,
}: OverdueOrder): StuckOrderDto => ({
  id,
  status,
  since: updated_at.toISOString(),
  republish_count: republish_count,
});

export const toAuditDto = (drifts: Discrepancy[]): AuditDto => ({
  balanced: drifts.length === 0,
  discrepancies: drifts,
});
