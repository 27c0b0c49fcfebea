import { kindOf, type AppError, createLogger } from '@estoque/platform';
import type { UnitOfWork, ValidApiKey } from '@estoque/domain';
import { ACTOR, TestShop } from '../../../../test/support/test-shop.js';
import { until } from '../../../../test/support/until.js';
import { generateApiKey } from './api-key.js';
import { ApiKeyCache } from './api-key-cache.js';
import { ApiKeysService, type ApiKeyRequest } from './api-keys.service.js';

const logger = createLogger('test', { LOG_LEVEL: 'silent' });
const REVOKED_WITHIN_MS = 5_000;

/** A unit of work that counts the queries for keys, and how many of them run at once. */
function counting(unitOfWork: UnitOfWork) {
  const queries = { count: 0, running: 0, maxRunning: 0, keys: 0 };
  async function findValid(hashes: Buffer[]) {
    queries.count += 1;
    queries.keys += hashes.length;
    queries.maxRunning = Math.max(queries.maxRunning, ++queries.running);
    try {
      return await unitOfWork.readForChange.apiKeys.findValid(hashes);
    } finally {
      queries.running -= 1;
    }
  }
  return { queries, unitOfWork: { readForChange: { apiKeys: { findValid } } } as unknown as UnitOfWork };
}

describe('ApiKeyCache', () => {
  let shop: TestShop;
  let service: ApiKeysService;
  // Without a lock timeout, so that a locked table stands for a database that does not respond.
  beforeAll(async () => {
    shop = await TestShop.open({ workers: 4, lockTimeoutMs: 0 });
    service = new ApiKeysService(shop.unitOfWork);
  });
  afterAll(() => shop.close());

  const create = async (request: Partial<ApiKeyRequest> = {}) => {
    const { stored, key } = await service.create({ name: 'test', role: 'clerk', ...request }, ACTOR);
    return { id: stored.id, key };
  };
  const outcomeOf = async (cache: ApiKeyCache, key: string) => {
    try {
      return (await cache.find(key)).id;
    } catch (error) {
      return (error as AppError).code;
    }
  };
  const newCache = () => new ApiKeyCache(shop.unitOfWork, logger);

  it('finds the caller with the scopes of the key', async () => {
    const { id, key } = await create();
    const caller = await newCache().find(key);
    expect(caller).toMatchObject({ id: `key:${id}` });
    expect(caller).not.toHaveProperty('email');
    expect(new Set(caller.grants.values())).toEqual(new Set(['all']));
  });

  it('finds the caller of a customer with the reach of their address', async () => {
    const { key } = await create({ role: 'customer', customer_email: 'ana@example.com' });
    const caller = await newCache().find(key);
    expect(caller.email).toBe('ana@example.com');
    expect(new Set(caller.grants.values())).toEqual(new Set(['own']));
  });

  it('answers from memory while the key is in use', async () => {
    const { queries, unitOfWork } = counting(shop.unitOfWork);
    const cache = new ApiKeyCache(unitOfWork, logger);
    const { key } = await create();
    const caller = await cache.find(key);
    for (let i = 0; i < 1_000; i++) expect(cache.find(key)).toBe(caller);
    expect(queries.count).toBe(1);
  });

  it('refuses unknown keys, and asks the database only about keys with the right checksum', async () => {
    const { queries, unitOfWork } = counting(shop.unitOfWork);
    const cache = new ApiKeyCache(unitOfWork, logger);
    expect(await outcomeOf(cache, `est_live_${'x'.repeat(51)}`)).toBe('invalid_credential');
    expect(queries.count).toBe(0);
    expect(await outcomeOf(cache, generateApiKey())).toBe('invalid_credential');
    expect(queries.count).toBe(1);
  });

  it('refuses an expired key, although it was found before', async () => {
    const { id, key } = await create({ expires_at: new Date(Date.now() + 1_500).toISOString() });
    const cache = newCache();
    expect(await outcomeOf(cache, key)).toBe(`key:${id}`);
    await until('the key to expire', async () => (await outcomeOf(cache, key)) === 'invalid_credential', {
      seconds: 3,
    });
  });

  it('refuses a revoked key within 5 s in every process, also if it is in constant use', async () => {
    const { id, key } = await create();
    const caches = [newCache(), newCache()];
    for (const cache of caches) expect(await outcomeOf(cache, key)).toBe(`key:${id}`);
    await service.revoke(id, ACTOR);
    const revokedAt = performance.now();
    await Promise.all(
      caches.map((cache) =>
        until('the key to be refused', async () => (await outcomeOf(cache, key)) === 'invalid_credential'),
      ),
    );
    expect(performance.now() - revokedAt).toBeLessThan(REVOKED_WITHIN_MS);
    for (const cache of caches) expect(await outcomeOf(cache, key)).toBe('invalid_credential');
  });

  it('refuses a revoked key at its first use after a pause of 4.5 s', async () => {
    const { id, key } = await create();
    const cache = newCache();
    await cache.find(key);
    await service.revoke(id, ACTOR);
    const now = performance.now();
    const clock = jest.spyOn(performance, 'now').mockReturnValue(now + 4_500);
    try {
      expect(await outcomeOf(cache, key)).toBe('invalid_credential');
    } finally {
      clock.mockRestore();
    }
  });

  it('looks up a flood of unknown keys by one query at a time, and answers known keys meanwhile', async () => {
    const { queries, unitOfWork } = counting(shop.unitOfWork);
    const cache = new ApiKeyCache(unitOfWork, logger);
    const { key } = await create();
    const caller = await cache.find(key);
    const unknown = Array.from({ length: 900 }, generateApiKey);
    const outcomes = unknown.flatMap((other) => [outcomeOf(cache, other), outcomeOf(cache, other)]);
    expect(cache.find(key)).toBe(caller);
    expect(new Set(await Promise.all(outcomes))).toEqual(new Set(['invalid_credential']));
    expect(queries).toMatchObject({ maxRunning: 1, keys: 1 + unknown.length });
    expect(queries.count).toBeLessThanOrEqual(3);
  });

  it('refuses unknown keys if too many wait, and no key that it knows', async () => {
    const { id, key } = await create();
    const cache = newCache();
    await cache.find(key);
    await shop.whileLocked('LOCK TABLE api_keys IN ACCESS EXCLUSIVE MODE', [], async () => {
      const waiting = Array.from({ length: 1_100 }, () => outcomeOf(cache, generateApiKey()));
      expect(await waiting.at(-1)).toBe('overloaded');
      // A second after its first lookup, the known key is looked up again.
      await until('the known key to wait too', () => {
        void Promise.resolve(cache.find(key)).catch(() => undefined);
        return cache['waiting'].has(key);
      });
      await Promise.all(waiting);
    });
    await until('the key to be found', async () => (await outcomeOf(cache, key)) === `key:${id}`);
  });

  it('refuses everything with 503 while the database does not respond, soon, and finds keys after that', async () => {
    const { id, key } = await create();
    const cache = newCache();
    await cache.find(key);
    await shop.whileLocked('LOCK TABLE api_keys IN ACCESS EXCLUSIVE MODE', [], async () => {
      const lockedAt = performance.now();
      await until(
        'the key in memory to become too old',
        async () => (await outcomeOf(cache, key)) === 'unavailable',
      );
      expect(performance.now() - lockedAt).toBeLessThan(REVOKED_WITHIN_MS);
      const startedAt = performance.now();
      const error: unknown = await Promise.resolve(newCache().find(key)).catch((reason: unknown) => reason);
      expect(kindOf(error)).toBe('unavailable');
      expect(performance.now() - startedAt).toBeLessThan(REVOKED_WITHIN_MS);
    });
    await until('the key to be found', async () => (await outcomeOf(cache, key)) === `key:${id}`);
  });

  it('refuses everything with 503 while the database is unavailable', async () => {
    const closed = await TestShop.open({ workers: 1 });
    await closed.close();
    const { key } = await create();
    const error: unknown = await (async () => new ApiKeyCache(closed.unitOfWork, logger).find(key))().catch(
      (reason: unknown) => reason,
    );
    expect(kindOf(error)).toBe('unavailable');
  });

  it('remembers at most 10,000 keys, and forgets the one that was looked up first', async () => {
    const findValid = (hashes: Buffer[]): Promise<ValidApiKey[]> =>
      Promise.resolve(
        hashes.map((hash, id) => ({ id, hash, scopes: [], customer_email: null, expires_at: null })),
      );
    const cache = new ApiKeyCache(
      { readForChange: { apiKeys: { findValid } } } as unknown as UnitOfWork,
      logger,
    );
    const keys = Array.from({ length: 10_001 }, generateApiKey);
    for (const key of keys) await cache.find(key);
    const isCached = (key: string) => cache['cached'].has(key);
    expect(cache['cached'].size).toBe(10_000);
    expect(keys.filter((key) => !isCached(key))).toEqual([keys[0]]);
  });

  it('records when keys were used', async () => {
    const { id, key } = await create();
    const cache = newCache();
    const before = new Date();
    await cache.find(key);
    cache['recording'].runNow();
    const { last_used_at } = await until('the use to be recorded', async () => {
      const stored = await service.get(id);
      return stored.last_used_at !== null && stored;
    });
    await cache.onModuleDestroy();
    expect(new Date(last_used_at!).getTime()).toBeGreaterThanOrEqual(before.getTime());
  });

  it('waits for no lock when it records the use of keys', async () => {
    const { apiKeys } = shop.unitOfWork.readForChange;
    const [locked, other] = [await create(), await create()];
    const at = new Date();
    await shop.whileLocked('SELECT id FROM api_keys WHERE id = $1 FOR UPDATE', [locked.id], async () => {
      await apiKeys.recordUse(new Map([locked.id, other.id].map((id) => [id, at])));
    });
    expect((await apiKeys.get(locked.id)).last_used_at).toBeNull();
    expect((await apiKeys.get(other.id)).last_used_at).toEqual(at);
    await apiKeys.recordUse(new Map([[other.id, new Date(0)]]));
    expect((await apiKeys.get(other.id)).last_used_at).toEqual(at);
  });
});
