import { AppError } from '@estoque/platform';

/** The mail server is unreachable, or accepts no mail for any recipient: an outage. */
export class MailServerUnavailable extends AppError {
  constructor(cause: Error) {
    super('unavailable', 'mail_unavailable', cause.message, { cause });
  }
}

/** The server defers the mail: temporary failure (SMTP 4xx). */
export class MailDeferred extends AppError {
  constructor(cause: Error) {
    super('conflict', 'mail_deferred', cause.message, { retryable: true, cause });
  }
}

/** The server refuses the recipient or the mail: permanent failure (SMTP 5xx). */
export class MailRefused extends AppError {
  constructor(cause: Error) {
    super('invalid', 'mail_refused', cause.message, { cause });
  }
}

/** Converts an SMTP error of nodemailer to one of the errors above. @returns any other error unchanged */
export function asMailError(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const { code, responseCode = 0 } = error as Error & { code: string; responseCode?: number };
  // 421: the server is shutting down; the response does not concern the mail.
  if (responseCode === 421) return new MailServerUnavailable(error);
  const concernsMail = code === 'EENVELOPE' || code === 'EMESSAGE';
  if (concernsMail && responseCode >= 500) return new MailRefused(error);
  if (concernsMail && responseCode >= 400) return new MailDeferred(error);
  if (/^E(CONNECTION|SOCKET|TIMEDOUT|DNS|TLS|AUTH|NOAUTH|PROTOCOL|STREAM|PROXY)$/.test(code))
    return new MailServerUnavailable(error);
  return error;
}
