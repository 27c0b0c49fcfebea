import { AppError } from '@estoque/platform';
import type { Scope } from './scopes.js';

/** The credential is valid, but has too few rights. The text is the same whether or not the object exists. */
export abstract class Forbidden extends AppError {
  abstract readonly scope: Scope;
}

export class InsufficientScope extends Forbidden {
  constructor(readonly scope: Scope) {
    super('invalid', 'insufficient_scope', `This operation requires the scope ${scope}.`, {
      httpStatus: 403,
    });
  }
}

export class EmailNotVerified extends Forbidden {
  constructor(readonly scope: Scope) {
    super(
      'invalid',
      'email_not_verified',
      'The token contains no verified e-mail address, so it is not known what belongs to the caller.',
      { httpStatus: 403 },
    );
  }
}

/** Value of the header WWW-Authenticate (RFC 6750, section 3). */
export const challengeOf = ({ scope }: Forbidden) =>
  `Bearer realm="estoque", error="insufficient_scope", scope="${scope}"`;
