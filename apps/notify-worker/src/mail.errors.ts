import { AppError } from '@estoque/platform';

/** The mail server can't be reached or doesn't take mail from us: an outage, whoever the recipient is. */
export class MailServerUnavailable extends AppError {
  constructor(cause: Error) {
    super('unavailable', 'mail_unavailable', cause.message, { cause });
  }
}

/** The server asks to try this recipient later (SMTP 4xx). */
export class MailDeferred extends AppError {
  constructor(cause: Error) {
    super('conflict', 'mail_deferred', cause.message, { stale: true, cause });
  }
}

/** The server refuses this recipient or this mail for good (SMTP 5xx). */
export class MailRefused extends AppError {
  constructor(cause: Error) {
    super('invalid', 'mail_refused', cause.message, { cause });
  }
}

/** What nodemailer reports of an SMTP dialogue, in our terms; anything else stays what it is. */
export function asMailError(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const { code, responseCode = 0 } = error as Error & { code: string; responseCode?: number };
  // 421: the server is about to close, whatever it was asked.
  if (responseCode === 421) return new MailServerUnavailable(error);
  const aboutThisMail = code === 'EENVELOPE' || code === 'EMESSAGE';
  if (aboutThisMail && responseCode >= 500) return new MailRefused(error);
  if (aboutThisMail && responseCode >= 400) return new MailDeferred(error);
  if (/^E(CONNECTION|SOCKET|TIMEDOUT|DNS|TLS|AUTH|NOAUTH|PROTOCOL|STREAM|PROXY)$/.test(code))
    return new MailServerUnavailable(error);
  return error;
}
