import {
  DEAD_LETTER_JOB_STATES,
  type DeadLetterJob,
  type DeadLetterJobAction,
  type DeadLetterJobState,
} from '@estoque/messaging';
import { IsIn } from 'class-validator';
import { PageDto } from '../http/page.dto.js';

const ACTIONS = ['replay', 'discard'] as const satisfies readonly DeadLetterJobAction[];

export class DeadLetterJobFilterDto {
  /** @example "order_queue" */
  queue?: string;
  /** @example "order.created" */
  event?: string;
  /** @example "bug" */
  reason?: string;
  /** Key of a group. @example "9e107d9d372bb6826bd81d3542a419d6" */
  group?: string;
  /** @example 123 */
  order_id?: number;
  /** @example "sku-42" */
  text?: string;
  /** @example [7, 8] */
  ids?: number[];
}

export class DeadLetterJobDto {
  /** @example 12 */
  id!: number;
  // Response fields are not validated: @IsIn only gives the Swagger plugin the enum, in this order.
  @IsIn(ACTIONS)
  action!: DeadLetterJobAction;
  /** Selects the dead letters of the job. */
  filter!: DeadLetterJobFilterDto;
  /** Name of the operator who created the job. @example "ana" */
  by!: string;
  /** The reason that the operator gave, or null. @example "the shop has fixed its messages" */
  reason!: string | null;
  /** `pending`: waits for earlier jobs. `finished`: all selected dead letters were handled, successfully or not. */
  @IsIn(DEAD_LETTER_JOB_STATES)
  state!: DeadLetterJobState;
  /** Number of open dead letters that matched when the job was created. @example 120 */
  total!: number;
  /** Number of dead letters that were replayed or discarded so far. @example 118 */
  done!: number;
  /** Number of dead letters that could not be replayed. They stay open. @example 2 */
  failed!: number;
  /** Last error, or null. @example "Dead letter 7 cannot be replayed: the system has no queue old_queue." */
  last_error!: string | null;
  /** Name of the operator who cancelled the job, or null. @example "rui" */
  cancelled_by!: string | null;
  /** @example "2026-01-15T12:05:00.000Z" */
  created_at!: string;
  /** @example "2026-01-15T12:05:00.000Z" */
  started_at!: string | null;
  /** @example "2026-01-15T12:05:02.000Z" */
  finished_at!: string | null;
}

export class DeadLetterJobPageDto extends PageDto {
  data!: DeadLetterJobDto[];
}

export function toDeadLetterJobDto(job: DeadLetterJob): DeadLetterJobDto {
  const { subject, ...filter } = job.filter;
  return {
    id: job.id,
    action: job.action,
    filter: { ...filter, ...(subject as { order_id?: number } | undefined) },
    by: job.actor,
    reason: job.reason,
    state: job.state,
    total: job.total,
    done: job.done,
    failed: job.failed,
    last_error: job.last_error,
    cancelled_by: job.cancelled_by,
    created_at: job.created_at.toISOString(),
    started_at: job.started_at?.toISOString() ?? null,
    finished_at: job.finished_at?.toISOString() ?? null,
  };
}
