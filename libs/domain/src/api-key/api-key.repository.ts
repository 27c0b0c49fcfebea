import type { EntityManager } from 'typeorm';
import type { Change } from '../audit-log/audit-log.repository.js';
import { ERASED } from '../personal-data/erased.js';
import type { ApiKey } from './api-key.entity.js';
import { ApiKeyNotFound } from './api-key.errors.js';

export type NewApiKey = Pick<
  ApiKey,
  'hash' | 'prefix' | 'name' | 'scopes' | 'customer_email' | 'created_by' | 'expires_at'
>;
/** A key without its hash. */
export type ListedApiKey = Omit<ApiKey, 'hash'>;
/** What is needed to identify a caller by its key. */
export type ValidApiKey = Pick<ApiKey, 'id' | 'hash' | 'scopes' | 'customer_email' | 'expires_at'>;

const COLUMNS =
  'id, prefix, name, scopes, customer_email, created_by, created_at, expires_at, last_used_at, revoked_at';

/** The entry of the audit log for a key that was revoked. */
export const revocationOf = ({ id, revoked_at }: ListedApiKey): Change => ({
  action: 'api_key.revoked',
  objectId: id,
  before: { revoked_at: null },
  after: { revoked_at },
});

/** Writes `api_keys`. Keys are never deleted: the audit log refers to them. */
export class ApiKeyRepository {
  constructor(private readonly manager: EntityManager) {}

  async create(key: NewApiKey): Promise<ListedApiKey> {
    const [created] = await this.manager.query<[ListedApiKey]>(
      `INSERT INTO api_keys (hash, prefix, name, scopes, customer_email, created_by, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING ${COLUMNS}`,
      [key.hash, key.prefix, key.name, key.scopes, key.customer_email, key.created_by, key.expires_at],
    );
    return created;
  }

  /** @throws ApiKeyNotFound */
  async get(id: number): Promise<ListedApiKey> {
    const [key] = await this.manager.query<ListedApiKey[]>(`SELECT ${COLUMNS} FROM api_keys WHERE id = $1`, [
      id,
    ]);
    if (!key) throw new ApiKeyNotFound(id);
    return key;
  }

  /** @param range.before only keys with a lower id @returns keys, newest first */
  list({ before, limit }: { before?: number; limit: number }): Promise<ListedApiKey[]> {
    return this.manager.query<ListedApiKey[]>(
      `SELECT ${COLUMNS} FROM api_keys WHERE id < $1 ORDER BY id DESC LIMIT $2`,
      [before ?? Number.MAX_SAFE_INTEGER, limit],
    );
  }

  /** @returns keys of the customer, newest first */
  ofCustomer(email: string, limit: number): Promise<ListedApiKey[]> {
    return this.manager.query<ListedApiKey[]>(
      `SELECT ${COLUMNS} FROM api_keys WHERE lower(customer_email) = lower($1) ORDER BY id DESC LIMIT $2`,
      [email, limit],
    );
  }

  /**
   * Revokes a key. A key that is revoked already stays unchanged.
   *
   * @returns the key, and whether it was not revoked before
   * @throws ApiKeyNotFound
   */
  async revoke(id: number): Promise<{ key: ListedApiKey; isNew: boolean }> {
    const [revoked] = await this.revokeWhere('id = $1', id);
    return { key: revoked ?? (await this.get(id)), isNew: revoked !== undefined };
  }

  /** Revokes the keys of a customer, and erases the customer from all of them. @returns those that were not revoked yet */
  async eraseCustomer(email: string): Promise<ListedApiKey[]> {
    const revoked = await this.revokeWhere('lower(customer_email) = lower($1)', email);
    await this.manager.query(
      'UPDATE api_keys SET name = $2, customer_email = $3 WHERE lower(customer_email) = lower($1)',
      [email, ERASED.name, ERASED.email],
    );
    return revoked;
  }

  /** Erases the customers from keys that were revoked or have expired more than `days` ago. */
  async eraseFormerCustomers(days: number) {
    await this.manager.query(
      `UPDATE api_keys SET name = $2, customer_email = $3
       WHERE customer_email <> $3 AND least(revoked_at, expires_at) < now() - make_interval(days => $1)`,
      [days, ERASED.name, ERASED.email],
    );
  }

  /** Revokes the keys with this name. @returns those that were not revoked yet */
  revokeNamed(name: string): Promise<ListedApiKey[]> {
    return this.revokeWhere('name = $1', name);
  }

  private async revokeWhere(condition: string, value: string | number): Promise<ListedApiKey[]> {
    const [revoked] = await this.manager.query<[ListedApiKey[], number]>(
      `UPDATE api_keys SET revoked_at = now() WHERE ${condition} AND revoked_at IS NULL RETURNING ${COLUMNS}`,
      [value],
    );
    return revoked;
  }

  /** @returns those of the keys that are neither revoked nor expired */
  findValid(hashes: Buffer[]): Promise<ValidApiKey[]> {
    return this.manager.query<ValidApiKey[]>(
      `SELECT id, hash, scopes, customer_email, expires_at FROM api_keys
       WHERE hash = ANY($1) AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())`,
      [hashes],
    );
  }

  /** @returns whether a valid key with this scope exists */
  async existsWithScope(scope: string): Promise<boolean> {
    const [row] = await this.manager.query<[{ exists: boolean }]>(
      `SELECT EXISTS (SELECT FROM api_keys WHERE $1 = ANY(scopes) AND customer_email IS NULL AND revoked_at IS NULL
                      AND (expires_at IS NULL OR expires_at > now())) AS exists`,
      [scope],
    );
    return row.exists;
  }

  /**
   * Records when keys were used last. It waits for no lock: of several processes that record the use of a key at the same
   * moment, one does.
   *
   * @param times by key id
   */
  async recordUse(times: ReadonlyMap<number, Date>): Promise<void> {
    await this.manager.query(
      `WITH unlocked AS MATERIALIZED (SELECT id FROM api_keys WHERE id = ANY($1::bigint[]) FOR NO KEY UPDATE SKIP LOCKED)
       UPDATE api_keys SET last_used_at = greatest(last_used_at, used.at)
       FROM unlocked JOIN unnest($1::bigint[], $2::timestamptz[]) AS used (id, at) USING (id)
       WHERE api_keys.id = unlocked.id`,
      [[...times.keys()], [...times.values()]],
    );
  }
}
