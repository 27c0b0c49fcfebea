import { AppError } from './app.errors.js';

export class CredentialMissing extends AppError {
  constructor() {
    super('invalid', 'credential_missing', 'Send a credential, as in: Authorization: Bearer est_live_...', {
      httpStatus: 401,
    });
  }
}

/** The text does not say what is wrong with the credential, which would help to guess one. */
export class InvalidCredential extends AppError {
  constructor() {
    super('invalid', 'invalid_credential', 'The credential is malformed, unknown, expired or revoked.', {
      httpStatus: 401,
    });
  }
}

/** Value of the header WWW-Authenticate of an answer with status 401 (RFC 6750, section 3). @param code of the problem */
export const challengeFor = (code: string) =>
  `Bearer realm="estoque"${code === 'credential_missing' ? '' : ', error="invalid_token"'}`;
