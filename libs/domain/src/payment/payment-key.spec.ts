import { keyOf, parsePaymentKey } from './payment-key.js';

const nonce = '3d8c0a3e-6a0b-4c62-9f0e-7a1de3b7c111';

describe('The idempotency key of a payment', () => {
  it('is derived from its id, and can be read back', () => {
    expect(keyOf('payment', { id: 12, nonce })).toBe(`payment-12-${nonce}`);
    expect(parsePaymentKey(`payment-12-${nonce}`)).toEqual({ id: 12, nonce });
  });

  it.each([
    '',
    'payment-12',
    `refund-12-${nonce}`,
    `payment-0-${nonce}`,
    `payment-12-${nonce}x`,
    `payment-1e3-${nonce}`,
  ])('is not %j', (text) => expect(parsePaymentKey(text)).toBeUndefined());
});
