import { asMailError, MailDeferred, MailRefused, MailServerUnavailable } from './mail.errors.js';

/** As nodemailer makes them. */
const failure = (code: string, responseCode?: number) =>
  Object.assign(new Error('it did not work'), { code, responseCode });

describe('What the mail server says', () => {
  it.each([
    ['EENVELOPE', 550, MailRefused, { kind: 'invalid', code: 'mail_refused' }],
    ['EMESSAGE', 554, MailRefused, { kind: 'invalid', code: 'mail_refused' }],
    ['EENVELOPE', 451, MailDeferred, { kind: 'conflict', stale: true, code: 'mail_deferred' }],
    ['EMESSAGE', 452, MailDeferred, { kind: 'conflict', stale: true, code: 'mail_deferred' }],
    ['ECONNECTION', undefined, MailServerUnavailable, { kind: 'unavailable', code: 'mail_unavailable' }],
    ['ESOCKET', undefined, MailServerUnavailable, { kind: 'unavailable' }],
    ['ETIMEDOUT', undefined, MailServerUnavailable, { kind: 'unavailable' }],
    ['EDNS', undefined, MailServerUnavailable, { kind: 'unavailable' }],
    ['ETLS', undefined, MailServerUnavailable, { kind: 'unavailable' }],
    // Our own account is refused: no recipient's fault, and mended without us.
    ['EAUTH', 535, MailServerUnavailable, { kind: 'unavailable' }],
    ['EPROTOCOL', 421, MailServerUnavailable, { kind: 'unavailable' }],
  ])('%s %s', (code, responseCode, type, what) => {
    const given = failure(code, responseCode);
    const error = asMailError(given);
    expect(error).toBeInstanceOf(type);
    expect(error).toMatchObject({ ...what, message: 'it did not work', cause: given });
  });

  it.each([
    ['a bug of ours', new TypeError('x is not a function')],
    ['an address without a server to ask', failure('EENVELOPE')],
    ['something else with a code', failure('ENOENT')],
    ['no error at all', 'oops'],
  ])('%s stays what it is', (_what, error) => {
    expect(asMailError(error)).toBe(error);
  });
});
