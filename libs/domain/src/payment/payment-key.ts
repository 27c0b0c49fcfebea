/** What identifies a row towards the gateway. */
interface Keyed {
  id: number;
  nonce: string;
}

type Kind = 'payment' | 'refund';

const KEY = /^(payment|refund)-([1-9]\d{0,15})-([0-9a-f-]{36})$/;

/**
 * The idempotency key of a payment or a refund towards the gateway. It contains a random number, because ids repeat after
 * a database is restored from a backup: a new payment must not get the outcome of another one.
 */
export const keyOf = (kind: Kind, { id, nonce }: Keyed) => `${kind}-${id}-${nonce}`;

/** @returns undefined if the text is no key of a payment */
export function parsePaymentKey(key: string): Keyed | undefined {
  const [, kind, id, nonce] = KEY.exec(key) ?? [];
  return kind === 'payment' ? { id: Number(id), nonce: nonce! } : undefined;
}
