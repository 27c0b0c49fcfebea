import { AppError } from '@estoque/platform';
import type { FastifyRequest } from 'fastify';

/**
 * The e-mail address of the customer who sends the request: the handler must not read or change what belongs to another
 * one. Undefined if the caller may reach everything.
 */
export const ownerOf = (request: FastifyRequest): string | undefined => request.owner;

/** Lower case of ASCII letters only: other letters, such as the Kelvin sign, have a lower case that is another address. */
const toAsciiLowerCase = (text: string) => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

/**
 * Whether the database finds for this address only what belongs to it. The database compares the lower case of all
 * letters, so `\u212Aim@example.com` would find what belongs to `kim@example.com`.
 */
export const isUnambiguous = (email: string) => email.toLowerCase() === toAsciiLowerCase(email);

export const isSameAddress = (a: string, b: string) => toAsciiLowerCase(a) === toAsciiLowerCase(b);

/**
 * @param owner as of `ownerOf`
 * @param parameter name of the parameter with the address; default: it is the customer of an order in the body
 * @throws AppError `email_not_own`
 */
export function assertOwn(email: string, owner: string | undefined, parameter?: string) {
  if (owner === undefined || isSameAddress(email, owner)) return;
  throw new AppError('invalid', 'email_not_own', 'A customer can only name their own e-mail address.', {
    httpStatus: 403,
    fieldErrors: [
      {
        ...(parameter === undefined ? { pointer: '/customer/email' } : { parameter }),
        code: 'not_own',
        message: 'must be the verified e-mail address of the caller',
      },
    ],
  });
}
