import type { EntityManager } from 'typeorm';
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

  /** Revokes a key. A key that is revoked already stays unchanged. @throws ApiKeyNotFound */
  async revoke(id: number): Promise<ListedApiKey> {
    await this.manager.query('UPDATE api_keys SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL', [
      id,
    ]);
    return this.get(id);
  }

  /** Revokes all valid keys with this name. */
  async revokeNamed(name: string): Promise<void> {
    await this.manager.query(
      'UPDATE api_keys SET revoked_at = now() WHERE name = $1 AND revoked_at IS NULL',
      [name],
    );
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
