import { IsIn } from 'class-validator';

export class VariableDto {
  /** @example "PREFETCH" */
  name!: string;
  /** Null if it is unset, or if it contains a secret. @example "200" */
  value!: string | null;
  /** Whether the variable contains a secret, which is not shown. @example false */
  is_secret!: boolean;
  /** Whether it has a value, also by default. @example true */
  is_set!: boolean;
}

export class MigrationDto {
  /** @example "Initial1765000000000" */
  name!: string;
}

/** What is deleted after a time, or above a number. */
export const RETAINED_DATA = [
  'timelines_and_mails',
  'customers',
  'idempotency_keys',
  'closed_dead_letters',
  'audit_log',
  'webhook_events',
  'audits',
  'deliveries',
  'flow_samples',
] as const;

export class RetentionRunDto {
  /** End of the run. @example "2026-01-15T12:05:00.000Z" */
  ended_at!: string;
  /** Number of records that the run deleted; of `customers`: of orders whose customer it erased. @example 0 */
  deleted!: number;
  /** Why the run failed, or null. @example "canceling statement due to statement timeout" */
  error!: string | null;
  /** End of the latest run that deleted any, or null. @example "2026-01-15T03:00:00.000Z" */
  last_deletion_at!: string | null;
  /** Number of records that it deleted, or null. @example 120 */
  last_deletion_count!: number | null;
}

export class RetentionDto {
  // Response fields are not validated: @IsIn only gives the Swagger plugin the enum, in this order.
  @IsIn(RETAINED_DATA)
  data!: (typeof RETAINED_DATA)[number];
  /** Variable that sets it; null if it is fixed. @example "AUDIT_LOG_RETENTION_DAYS" */
  variable!: string | null;
  /** Time after which the data are deleted. Null if time does not matter: unless `max_count` is set, they are kept. @example 31536000 */
  seconds!: number | null;
  /** Number of records above which the oldest ones are deleted; null if there is no maximum. @example 100 */
  max_count!: number | null;
  /** Latest run that deletes them, in any process. Null if none has ended, and for data that are deleted when new ones are stored. */
  last_run?: RetentionRunDto | null;
  /** Whether no run has ended within the last hour, although the data have to be deleted. @example false */
  is_overdue?: boolean;
}

export class ConfigurationDto {
  /** Version of Node.js. @example "v24.21.0" */
  node_version!: string;
  /** Migrations of the database, oldest first. */
  migrations!: MigrationDto[];
  /** How long data are kept, according to the variables of the process that answered. */
  retention!: RetentionDto[];
  /** Environment variables of the process that answered. */
  variables!: VariableDto[];
}
