import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { ROLES, type Role } from '../../apps/api/src/access/scopes.js';

/** The address of the customer whose API key is `apiKeyOf('customer')`. */
export const CUSTOMER_EMAIL = 'ana@example.com';

/**
 * API keys of the databases of tests and benchmarks, one for each role. They are known, so that no process has to pass
 * them on to another one.
 */
export function apiKeyOf(role: Role): string {
  const secret = createHash('sha256').update(`test ${role}`).digest('base64url');
  return `est_live_${secret}${crc32(secret).toString(16).padStart(8, '0')}`;
}

/** @returns the header of a request by a caller with this role */
export const authorization = (role: Role = 'admin') => ({ authorization: `Bearer ${apiKeyOf(role)}` });

const UNDEFINED_TABLE = '42P01';

/**
 * Stores the API keys of all roles. The database of a release without API keys stays as it is.
 *
 * @param query runs a statement on a migrated database
 */
export async function insertApiKeys(query: (sql: string, parameters: unknown[]) => Promise<unknown>) {
  for (const [role, scopes] of Object.entries(ROLES)) {
    const key = apiKeyOf(role as Role);
    await query(
      `INSERT INTO api_keys (hash, prefix, name, scopes, customer_email, created_by) VALUES ($1, $2, $3, $4, $5, 'test')`,
      [
        createHash('sha256').update(key).digest(),
        key.slice(0, 15),
        role,
        scopes,
        role === 'customer' ? CUSTOMER_EMAIL : null,
      ],
    ).catch((error: { code?: string }) => {
      if (error.code !== UNDEFINED_TABLE) throw error;
    });
  }
}
