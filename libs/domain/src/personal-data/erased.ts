import { CUSTOMER_PREFIX } from '../audit-log/actor.js';

/** What an erasure writes instead of personal data. The migration of the audit log contains the same values. */
export const ERASED = {
  name: 'Erased',
  /** No address can have this domain (RFC 2606). */
  email: 'erased@erased.invalid',
  actor: `${CUSTOMER_PREFIX}erased`,
  mailError: 'not sent: the data of the recipient was erased',
} as const;
