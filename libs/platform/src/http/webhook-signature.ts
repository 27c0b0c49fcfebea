import { createHmac, timingSafeEqual } from 'node:crypto';
import { AppError } from '../errors/app.errors.js';

/** Older messages are refused, so that nobody can send a recorded one again. */
const TOLERANCE_SECONDS = 300;
const MAX_SIGNATURES = 10;

/** The signature of a received webhook is missing or wrong. */
export class InvalidSignature extends AppError {
  constructor(detail: string) {
    super('invalid', 'invalid_signature', detail, { httpStatus: 400 });
  }
}

/** A received webhook was signed too long ago, or in the future. */
export class SignatureExpired extends AppError {
  constructor() {
    const detail = `The signature is older than ${TOLERANCE_SECONDS} seconds, or from the future.`;
    super('invalid', 'signature_expired', detail, { httpStatus: 400 });
  }
}

/**
 * Signs a webhook by Stripe's scheme: `t=<seconds>,v1=<HMAC-SHA-256 of "<seconds>.<body>", hexadecimal>`.
 *
 * @param now milliseconds since 1970
 */
export function signWebhook(body: string, secret: string, now: number): string {
  const seconds = Math.floor(now / 1_000);
  return `t=${seconds},v1=${hmacOf(seconds, body, secret).toString('hex')}`;
}

/**
 * Checks the signature of a webhook. A header may contain several, while its sender changes the secret.
 *
 * @param now milliseconds since 1970
 * @throws InvalidSignature, SignatureExpired
 */
export function verifyWebhook(body: string, header: string | undefined, secret: string, now: number) {
  const fields = (header ?? '').split(',').map((field) => field.trim().split('='));
  const seconds = Number(fields.find(([name]) => name === 't')?.[1]);
  const signatures = fields.filter(([name]) => name === 'v1').slice(0, MAX_SIGNATURES);
  if (!Number.isSafeInteger(seconds) || signatures.length === 0)
    throw new InvalidSignature('The signature is missing or does not have the required form.');
  const expected = hmacOf(seconds, body, secret);
  const isValid = signatures.some(([, value]) => {
    const received = Buffer.from(value ?? '', 'hex');
    return received.length === expected.length && timingSafeEqual(received, expected);
  });
  if (!isValid) throw new InvalidSignature('The signature does not match the body.');
  if (Math.abs(now / 1_000 - seconds) > TOLERANCE_SECONDS) throw new SignatureExpired();
}

const hmacOf = (seconds: number, body: string, secret: string) =>
  createHmac('sha256', secret).update(`${seconds}.${body}`).digest();
