import { AppError } from '../errors/app.errors.js';
import { signWebhook, verifyWebhook } from './webhook-signature.js';

const SECRET = 'whsec_test_secret_of_a_shop';
const BODY = '{"type":"charge.updated"}';
const NOW = 1_790_000_000_000;

const codeOf = (header: string | undefined, body = BODY, secret = SECRET) => {
  try {
    verifyWebhook(body, header, secret, NOW);
    return 'accepted';
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
    return (error as AppError).code;
  }
};

describe('The signature of a webhook', () => {
  const header = signWebhook(BODY, SECRET, NOW);

  it('is accepted with the body, the secret and a recent time', () => {
    expect(codeOf(header)).toBe('accepted');
    expect(codeOf(signWebhook(BODY, SECRET, NOW - 299_000))).toBe('accepted');
  });

  it('is refused with another body or another secret', () => {
    expect(codeOf(header, `${BODY} `)).toBe('invalid_signature');
    expect(codeOf(header, BODY, 'another secret')).toBe('invalid_signature');
  });

  it.each([undefined, '', 't=1', 'v1=00', 't=x,v1=00', 't=1,v1=', 't=1,v1=zz', '='])(
    'is refused as %j',
    (text) => expect(codeOf(text)).toBe('invalid_signature'),
  );

  it.each([-301, 301])('is refused if it is %i seconds old', (seconds) =>
    expect(codeOf(signWebhook(BODY, SECRET, NOW - seconds * 1_000))).toBe('signature_expired'),
  );

  it('cannot be given another time', () => {
    const recorded = signWebhook(BODY, SECRET, NOW - 1_000_000);
    expect(codeOf(recorded.replace(/t=\d+/, `t=${NOW / 1_000}`))).toBe('invalid_signature');
  });

  it('is accepted among others, while the secret changes', () => {
    const [time, signature] = header.split(',') as [string, string];
    expect(codeOf(`${time},v1=${'0'.repeat(64)},${signature},v0=1`)).toBe('accepted');
  });
});
