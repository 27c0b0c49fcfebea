import { IsIn } from 'class-validator';
import { SCOPE_NAMES, type Reach, type Scope } from './scopes.js';

const REACHES = ['all', 'own'] as const satisfies readonly Reach[];
const ENVIRONMENTS = ['development', 'production'] as const;

export class GrantDto {
  // Response fields are not validated: @IsIn only gives the Swagger plugin the enum, in this order.
  /** @example "orders:read" */
  @IsIn(SCOPE_NAMES)
  scope!: Scope;
  /** `own`: the scope reaches only what belongs to the e-mail address of the caller. @example "all" */
  @IsIn(REACHES)
  reach!: Reach;
}

export class SessionDto {
  /** Stable and unique: `key:12` for an API key, `user:<issuer> <subject>` for a token. @example "key:12" */
  id!: string;
  /** Verified e-mail address, or null. @example "ana@example.com" */
  email!: string | null;
  /** What the caller may do. */
  grants!: GrantDto[];
  @IsIn(ENVIRONMENTS)
  environment!: (typeof ENVIRONMENTS)[number];
}
