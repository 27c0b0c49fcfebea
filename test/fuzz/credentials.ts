import { ROLE_NAMES, ROLES } from '../../apps/api/src/access/scopes.js';
import type { FaultInjector } from '../faults/injector/fault-injector.js';
import type { Random } from '../faults/random.js';
import { apiKeyOf, CUSTOMER_EMAIL } from '../support/credentials.js';
import type { Issuer } from '../support/issuer.js';
import { hostileApiKeys, hostileHeaders, storeInvalidApiKeys } from './hostile-api-keys.js';
import { hostileTokens, POWERLESS_CLAIMS } from './hostile-tokens.js';

/** What a request sends in the header `Authorization`, and what it permits. */
export interface Credential {
  name: string;
  /** Value of the header; undefined: the header is not sent. */
  header?: string;
  /** Undefined: the credential identifies nobody, and every request with it is refused. */
  scopes?: ReadonlySet<string>;
  /** Set for a customer, who must not see what belongs to another one. */
  email?: string;
}

/** The customer who has a token. Another one has an API key. */
export const TOKEN_EMAIL = 'bia@example.com';
export const CUSTOMER_EMAILS = [CUSTOMER_EMAIL, TOKEN_EMAIL];

/** Longer than any run. */
const VALID_SECONDS = 86_400;

/** An API key and a token of every role, and credentials that permit nothing. */
export class Credentials {
  readonly admin: Credential;

  private constructor(
    readonly valid: Credential[],
    readonly invalid: Credential[],
  ) {
    this.admin = valid.find(({ name }) => name === 'API key of admin')!;
  }

  static async create({ database }: FaultInjector, issuer: Issuer): Promise<Credentials> {
    // Hostile values of ids contain 1. An admin who revokes the key with this id must not end the run.
    await database.query('UPDATE api_keys SET id = DEFAULT WHERE id = 1');
    const exp = Math.trunc(Date.now() / 1_000) + VALID_SECONDS;
    const valid: Credential[] = [];
    for (const role of ROLE_NAMES) {
      const scopes = new Set<string>(ROLES[role]);
      const claims = { sub: role, roles: [role], email: TOKEN_EMAIL, email_verified: true, exp };
      const isCustomer = role === 'customer';
      valid.push(
        {
          name: `API key of ${role}`,
          header: `Bearer ${apiKeyOf(role)}`,
          scopes,
          ...(isCustomer && { email: CUSTOMER_EMAIL }),
        },
        {
          name: `token of ${role}`,
          header: `Bearer ${await issuer.sign(claims)}`,
          scopes,
          ...(isCustomer && { email: TOKEN_EMAIL }),
        },
      );
    }
    for (const [name, claims] of Object.entries(POWERLESS_CLAIMS))
      valid.push({
        name,
        header: `Bearer ${await issuer.sign({ ...claims, exp })}`,
        scopes: new Set(),
      });
    const bearers = {
      ...hostileApiKeys(),
      ...(await storeInvalidApiKeys(database)),
      ...(await hostileTokens(issuer)),
    };
    const invalid: Credential[] = [{ name: 'no credential' }];
    for (const [name, header] of Object.entries(hostileHeaders())) invalid.push({ name, header });
    for (const [name, text] of Object.entries(bearers)) invalid.push({ name, header: `Bearer ${text}` });
    return new Credentials(valid, invalid);
  }

  get all(): Credential[] {
    return [...this.valid, ...this.invalid];
  }

  /** Mostly an admin, who reaches every operation. */
  pick(random: Random): Credential {
    const kind = random.next();
    if (kind < 0.5) return this.admin;
    if (kind < 0.85) return random.pick(this.valid);
    return kind < 0.93 ? random.pick(this.invalid) : this.pickChanged(random);
  }

  /** A valid credential with another character in it. */
  private pickChanged(random: Random): Credential {
    const { name, header } = random.pick(this.valid);
    const scheme = 'Bearer ';
    const text = header!.slice(scheme.length);
    // Not at the end: the last character of a signature contains unused bits.
    const position = random.between(0, text.length - 5);
    const other = random.pick([...'aZ0-_.~+/=%'].filter((character) => character !== text[position]));
    const removed = random.between(0, 1);
    return {
      name: `changed ${name.startsWith('API key') ? 'API key' : 'token'}`,
      header: scheme + text.slice(0, position) + other + text.slice(position + removed),
    };
  }

  /** The secret part of every valid credential. No answer and no log may contain it. */
  get secrets(): string[] {
    return this.valid.map(({ header }) => secretOf(header!));
  }
}

/** @returns the signature of a token, or the secret of an API key */
export const secretOf = (header: string): string => header.split(/[ .]/).at(-1)!.replace('est_live_', '');
