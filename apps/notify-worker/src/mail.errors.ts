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
  /** @param isHardBounce whether the address does not exist, so that no mail can ever reach it */
  constructor(
    cause: Error,
    readonly isHardBounce = false,
  ) {
    super('invalid', 'mail_refused', cause.message, { cause });
  }
}

/** The mail was not sent, because no mail can reach the address. */
export class AddressSuppressed extends AppError {
  constructor() {
    super(
      'invalid',
      'address_suppressed',
      'not sent: the address is suppressed, because it refused a mail before',
    );
  }
}

/** Replies that refuse the mailbox, without a status code (RFC 5321): unavailable, not local, name not allowed. */
const NO_MAILBOX = [550, 551, 553];
/** Enhanced status codes (RFC 3463) of an address or mailbox that does not exist or is disabled. */
const BAD_ADDRESS = /^5\.(1\.[0-46]|2\.1)$/;
const STATUS_CODE = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/;

/**
 * Whether the answer to the recipient's address says that it does not exist. Servers refuse mails also because they
 * distrust the sender or because the mailbox is full: such an answer does not concern the address.
 */
function isHardBounce({ command, responseCode = 0, response = '' }: SmtpError): boolean {
  if (command !== 'RCPT TO') return false;
  const status = STATUS_CODE.exec(response)?.[1];
  return status === undefined ? NO_MAILBOX.includes(responseCode) : BAD_ADDRESS.test(status);
}

/** An error of nodemailer, with the answer of the server to the command. */
interface SmtpError extends Error {
  code: string;
  command?: string;
  responseCode?: number;
  response?: string;
}

/** Converts an SMTP error of nodemailer to one of the errors above. @returns any other error unchanged */
export function asMailError(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const smtpError = error as SmtpError;
  const { code, responseCode = 0 } = smtpError;
  // 421: the server is shutting down; the response does not concern the mail.
  if (responseCode === 421) return new MailServerUnavailable(error);
  const concernsMail = code === 'EENVELOPE' || code === 'EMESSAGE';
  if (concernsMail && responseCode >= 500) return new MailRefused(error, isHardBounce(smtpError));
  if (concernsMail && responseCode >= 400) return new MailDeferred(error);
  if (/^E(CONNECTION|SOCKET|TIMEDOUT|DNS|TLS|AUTH|NOAUTH|PROTOCOL|STREAM|PROXY)$/.test(code))
    return new MailServerUnavailable(error);
  return error;
}
