import { assertOwn, isSameAddress, isUnambiguous } from './owner.js';

/** The Kelvin sign, whose lower case is `k`. */
const KELVIN = '\u212A';

describe('The address of a customer', () => {
  it('may be written in upper or lower case', () => {
    expect(isSameAddress('Ana@Example.com', 'ana@example.COM')).toBe(true);
    expect(isSameAddress('ana@example.com', 'bia@example.com')).toBe(false);
  });

  it('is not that of another one because of a letter whose lower case is the same', () => {
    expect(`${KELVIN}im@example.com`.toLowerCase()).toBe('kim@example.com');
    expect(isSameAddress(`${KELVIN}im@example.com`, 'kim@example.com')).toBe(false);
  });

  it.each([
    ['Kim@example.com', true],
    ['joão@example.com', true],
    [`${KELVIN}im@example.com`, false],
    ['JOÃO@example.com', false],
  ])('%s finds what belongs to one address only: %s', (email, expected) => {
    expect(isUnambiguous(email)).toBe(expected);
  });

  it('is the only one for which the customer can place orders', () => {
    expect(() => assertOwn('ANA@example.com', 'ana@example.com')).not.toThrow();
    expect(() => assertOwn('bia@example.com', undefined)).not.toThrow();
    const refused = { code: 'email_not_own', httpStatus: 403 };
    expect(() => assertOwn('bia@example.com', 'ana@example.com')).toThrow(
      expect.objectContaining(refused) as Error,
    );
  });
});
