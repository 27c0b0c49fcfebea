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
    ['a bug', new TypeError('x is not a function')],
    ['an error without a response of the server', smtpError('EENVELOPE')],
    ['an error with an unrelated code', smtpError('ENOENT')],
    ['a value that is no Error', 'oops'],
  ])('returns %s unchanged', (_case, error) => {
    expect(asMailError(error)).toBe(error);
  });
});
