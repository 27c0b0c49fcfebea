import type { ListedApiKey } from '@estoque/domain';
import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn, ValidateIf } from 'class-validator';
import { IsDateTime, IsEmailAddress, IsOptionalNotNull, IsSingleLine } from '../http/fields.decorators.js';
import { PageDto } from '../http/page.dto.js';
import { ROLE_NAMES, SCOPE_NAMES, type Role, type Scope } from './scopes.js';

const MAX_NAME_LENGTH = 100;

export class CreateApiKeyDto {
  /** What the key is for. @example "Storefront" */
  @IsSingleLine(MAX_NAME_LENGTH)
  name!: string;

  /** The key gets the scopes of this role. `role` or `scopes` is required. */
  @ApiProperty({ enum: ROLE_NAMES, required: false })
  @ValidateIf(({ role, scopes }: CreateApiKeyDto) => role !== undefined || scopes === undefined)
  @IsIn(ROLE_NAMES)
  role?: Role;

  @IsOptionalNotNull()
  @ApiProperty({ enum: SCOPE_NAMES, isArray: true, required: false, maxItems: SCOPE_NAMES.length })
  @ArrayMaxSize(SCOPE_NAMES.length)
  @ArrayMinSize(1)
  @IsIn(SCOPE_NAMES, { each: true })
  @IsArray()
  scopes?: Scope[];

  /** Required for the role `customer`: the key reaches only what belongs to this address. @example "ana@example.com" */
  @ValidateIf(
    ({ role, customer_email }: CreateApiKeyDto) => role === 'customer' || customer_email !== undefined,
  )
  @IsEmailAddress()
  customer_email?: string;

  /** Without it, the key is valid until it is revoked. @example "2027-01-15T00:00:00.000Z" */
  @IsOptionalNotNull()
  @IsDateTime()
  expires_at?: string;
}

export class ApiKeyDto {
  /** @example 12 */
  id!: number;
  /** The first characters of the key. @example "est_live_x3Fa9Q" */
  prefix!: string;
  /** @example "Storefront" */
  name!: string;
  @ApiProperty({ enum: SCOPE_NAMES, isArray: true })
  scopes!: Scope[];
  /** The key reaches only what belongs to this address; null: everything. @example "ana@example.com" */
  customer_email!: string | null;
  /** @example "key:1" */
  created_by!: string;
  /** @example "2026-01-15T12:00:00.000Z" */
  created_at!: string;
  /** @example "2027-01-15T00:00:00.000Z" */
  expires_at!: string | null;
  /** A minute late or more. @example "2026-01-15T12:00:01.000Z" */
  last_used_at!: string | null;
  /** @example "2026-02-01T09:30:00.000Z" */
  revoked_at!: string | null;
}

export class CreatedApiKeyDto extends ApiKeyDto {
  /** The key itself. It is shown only in this response. @example "est_live_..." */
  key!: string;
}

export class ApiKeyPageDto extends PageDto {
  data!: ApiKeyDto[];
}

export function toApiKeyDto(key: ListedApiKey): ApiKeyDto {
  const {
    id,
    prefix,
    name,
    scopes,
    customer_email,
    created_by,
    created_at,
    expires_at,
    last_used_at,
    revoked_at,
  } = key;
  return {
    id,
    prefix,
    name,
    scopes: scopes as Scope[],
    customer_email,
    created_by,
    created_at: created_at.toISOString(),
    expires_at: expires_at?.toISOString() ?? null,
    last_used_at: last_used_at?.toISOString() ?? null,
    revoked_at: revoked_at?.toISOString() ?? null,
  };
}
