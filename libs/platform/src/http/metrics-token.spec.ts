import { hasMetricsToken, requireMetricsToken } from './metrics-token.js';

const TOKEN = 'a-token-of-16-characters';

describe('METRICS_TOKEN', () => {
  it.each([
    ['the token', `Bearer ${TOKEN}`, true],
    ['the scheme in lower case', `bearer ${TOKEN}`, true],
    ['no token', undefined, false],
    ['another token', 'Bearer another-token-of-24-char', false],
    ['the beginning of the token', `Bearer ${TOKEN.slice(0, -1)}`, false],
    ['a longer token', `Bearer ${TOKEN}x`, false],
    ['another scheme', `Basic ${TOKEN}`, false],
    ['an empty header', '', false],
  ])('is compared: %s', (_name, authorization, expected) => {
    expect(hasMetricsToken({ authorization }, TOKEN)).toBe(expected);
  });

  it('is not required if it is unset', () => expect(hasMetricsToken({}, undefined)).toBe(true));

  it.each([
    ['a missing one', undefined, 'credential_missing'],
    ['another one', 'Bearer x', 'invalid_credential'],
  ])('is reported with 401: %s', (_name, authorization, code) => {
    expect(() => requireMetricsToken({ authorization }, TOKEN)).toThrow(
      expect.objectContaining({ code, httpStatus: 401 }) as Error,
    );
  });
});
