import { asMailError, MailDeferred, MailRefused, MailServerUnavailable } from './mail.errors.js';

/** Creates an error like nodemailer's. */
const smtpError = (code: string, responseCode?: number) =>
  Object.assign(new Error('it did not work'), { code, responseCode });

describe('asMailError', () => {
  it.each([
    ['EENVELOPE', 550, MailRefused, { kind: 'invalid', code: 'mail_refused' }],
    ['EMESSAGE', 554, MailRefused, { kind: 'invalid', code: 'mail_refused' }],
    ['EENVELOPE', 451, MailDeferred, { kind: 'conflict', retryable: true, code: 'mail_deferred' }],
    ['EMESSAGE', 452, MailDeferred, { kind: 'conflict', retryable: true, code: 'mail_deferred' }],
    ['ECONNECTION', undefined, MailServerUnavailable, { kind: 'unavailable', code: 'mail_unavailable' }],
    ['ESOCKET', undefined, MailServerUnavailable, { kind: 'unavailable' }],
    ['ETIMEDOUT', undefined, MailServerUnavailable, { kind: 'unavailable' }],
    ['EDNS', undefined, MailServerUnavailable, { kind: 'unavailable' }],
    ['ETLS', undefined, MailServerUnavailable, { kind: 'unavailable' }],
    // The server rejects our credentials. This does not concern the recipient, and an operator can correct it.
    ['EAUTH', 535, MailServerUnavailable, { kind: 'unavailable' }],
    ['EPROTOCOL', 421, MailServerUnavailable, { kind: 'unavailable' }],
  ])('classifies %s %s', (code, responseCode, type, properties) => {
    const cause = smtpError(code, responseCode);
    const error = asMailError(cause);
    expect(error).toBeInstanceOf(type);
    expect(error).toMatchObject({ ...properties, message: 'it did not work', cause });
  });

  it.each([
    ['550 5.1.1 user unknown', true],
    ['550-5.1.1 The account does not exist\n550 5.1.1 Try again', true],
    ['553 5.1.3 bad address', true],
    ['550 5.1.0 address rejected', true],
    ['550 5.1.6 the mailbox has moved', true],
    ['550 5.2.1 mailbox disabled', true],
    ['550 no such user', true],
    ['551 user not local', true],
    // They concern the sender, the content or the moment.
    ['550 5.7.1 blocked by policy', false],
    ['554 5.7.1 spam', false],
    ['550 5.1.8 bad sender address', false],
    ['552 5.2.2 mailbox full', false],
    ['552 mailbox full', false],
    ['554 transaction failed', false],
    ['550 5.4.1 relay access denied', false],
  ])('knows whether the answer %s to a recipient is a hard bounce: %s', (response, isHardBounce) => {
    const responseCode = Number(response.slice(0, 3));
    const refusal = { ...smtpError('EENVELOPE', responseCode), message: response, response };
    const asError = (fields: object) => Object.assign(new Error(response), refusal, fields);
    expect(asMailError(asError({ command: 'RCPT TO' }))).toMatchObject({ isHardBounce });
    expect(asMailError(asError({ command: 'MAIL FROM' }))).toMatchObject({ isHardBounce: false });
  });

  it.each([
    ['a bug', new TypeError('x is not a function')],
    ['an error without a response of the server', smtpError('EENVELOPE')],
    ['an error with an unrelated code', smtpError('ENOENT')],
    ['a value that is no Error', 'oops'],
  ])('returns %s unchanged', (_case, error) => {
    expect(asMailError(error)).toBe(error);
  });
});
