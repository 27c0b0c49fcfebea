import { ANY_SCOPE } from '../../apps/api/src/access/requires.decorator.js';
import { secretOf, type Credential } from './credentials.js';
import type { FuzzRequest, FuzzResponse } from './http-requests.js';

/** Codes of refusals before the credential is checked. */
const EARLIER_CODES = [
  'not_found',
  'method_not_allowed',
  'url_too_long',
  'expectation_failed',
  'headers_too_large',
  'overloaded',
];
/** Fields that contain the address of a customer. */
const ADDRESS_FIELDS = ['email', 'customer_email', 'recipient'];

/** @returns what is wrong with a response in view of who sent the request, if anything */
export function findAccessProblem(
  { operation, credential, url, headers, isDocumented }: FuzzRequest & { credential: Credential },
  { status, body, challenge }: FuzzResponse,
): string | undefined {
  const { header, scopes, email } = credential;
  if (header && secretOf(header).length > 20 && body.includes(secretOf(header)))
    return 'the response contains the credential';
  if (operation.isSigned) {
    const isSigned = Object.keys(headers).some((name) => name.endsWith('-signature'));
    return !isSigned && status < 300 ? 'accepted without a signature' : undefined;
  }
  if (!scopes && status < 300) return 'accepted without a valid credential';
  if (
    email !== undefined &&
    status < 300 &&
    addressesIn(parse(body)).some((address) => address.toLowerCase() !== email)
  )
    return 'a customer gets what belongs to another one';
  if (!isDocumented) return undefined;
  const isAllowed = operation.scope === ANY_SCOPE ? scopes !== undefined : scopes?.has(operation.scope!);
  if (!isAllowed) {
    const expected = scopes ? 403 : 401;
    if (status === expected) return challenge ? undefined : `status ${status} without WWW-Authenticate`;
    return isEarlierRefusal(url, status, body) ? undefined : `status ${status} instead of ${expected}`;
  }
  if (status === 401) return 'a valid credential is refused';
  // A customer may have the scope and still not be allowed: for the route, or for the order of another customer.
  return status === 403 && email === undefined ? 'a caller with the scope is refused' : undefined;
}

function isEarlierRefusal(url: string, status: number, body: string): boolean {
  const { code } = (parse(body) ?? {}) as { code?: string };
  // The router refuses an invalid percent-encoding.
  return EARLIER_CODES.includes(code ?? '') || (status === 400 && url.includes('%'));
}

function addressesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, field]) =>
    ADDRESS_FIELDS.includes(name) && typeof field === 'string' ? [field] : addressesIn(field),
  );
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
