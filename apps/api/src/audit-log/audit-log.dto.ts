import {
  AUDIT_ACTION_NAMES,
  AUDIT_OBJECT_TYPES,
  type AuditAction,
  type AuditLogEntry,
} from '@estoque/domain';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, Matches } from 'class-validator';
import { IsDateTime, IsOptionalNotNull, IsSingleLine } from '../http/fields.decorators.js';
import { PageDto, PageQuery } from '../http/page.dto.js';

const MAX_ACTOR_LENGTH = 1_000;
const OBJECT = new RegExp(`^(?:${AUDIT_OBJECT_TYPES.join('|')}):[1-9]\\d{0,15}$`);

export class AuditLogQuery extends PageQuery {
  /** Only changes by this actor. @example "key:12" */
  @IsOptionalNotNull()
  @IsSingleLine(MAX_ACTOR_LENGTH)
  actor?: string;

  @IsOptionalNotNull()
  @IsIn(AUDIT_ACTION_NAMES)
  action?: AuditAction;

  /** Only changes of this object, as its type and its id. @example "product:10" */
  @IsOptionalNotNull()
  @Matches(OBJECT, { message: 'must be the type and the id of an object, for example product:10' })
  @ApiPropertyOptional({ pattern: OBJECT.source, example: 'product:10' })
  object?: string;

  /** Only changes at or after this time. @example "2026-01-01T00:00:00Z" */
  @IsOptionalNotNull()
  @IsDateTime()
  at_from?: string;

  /** Only changes before this time. @example "2026-02-01T00:00:00Z" */
  @IsOptionalNotNull()
  @IsDateTime()
  at_to?: string;
}

const FIELDS = { type: 'object', additionalProperties: true, nullable: true } as const;

export class AuditLogEntryDto {
  /** @example 501 */
  id!: number;
  /** @example "2026-01-15T12:00:00.000Z" */
  at!: string;
  /**
   * Who made the change: `key:12` for an API key, `user:<issuer> <subject>` for a user, `cli:<name>` for the command line,
   * with the prefix `customer:` for a customer; `customer:erased` if the customer's data was erased. @example "key:12"
   */
  actor!: string;
  /** Network address that the request came from, or null. @example "203.0.113.7" */
  address!: string | null;
  // Response fields are not validated: @IsIn only gives the Swagger plugin the enum, in this order.
  @IsIn(AUDIT_ACTION_NAMES)
  action!: AuditAction;
  @IsIn(AUDIT_OBJECT_TYPES)
  object_type!: AuditLogEntry['object_type'];
  /** @example "10" */
  object_id!: string;
  /** The changed fields before the change, or null for a new object. */
  @ApiProperty({ ...FIELDS, example: { price: 2_490 } })
  before!: Record<string, unknown> | null;
  /** The changed fields after the change, or null. */
  @ApiProperty({ ...FIELDS, example: { price: 2_690 } })
  after!: Record<string, unknown> | null;
}

export class AuditLogPageDto extends PageDto {
  data!: AuditLogEntryDto[];
}

export const toAuditLogEntryDto = (entry: AuditLogEntry): AuditLogEntryDto => ({
  id: entry.id,
  at: entry.at.toISOString(),
  actor: entry.actor,
  address: entry.address,
  action: entry.action,
  object_type: entry.object_type,
  object_id: entry.object_id,
  before: entry.before,
  after: entry.after,
});
