import { UnitOfWork, type ValidApiKey } from '@estoque/domain';
import {
  AppError,
  InvalidCredential,
  LOGGER,
  overloaded,
  PeriodicTask,
  type Logger,
} from '@estoque/platform';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { hashOf, isApiKey } from './api-key.js';
import type { Caller } from './caller.js';
import type { Scope } from './scopes.js';

/** A key that is in use is looked up again in the background after this time. */
const REFRESH_AFTER_MS = 1_000;
/** What was read longer ago than this identifies nobody, so that a revocation works within 5 s in every process. */
const VALID_MS = 4_500;
/** Nobody waits longer than this for the database. It is the rest of VALID_MS, so an outage ends the use of all keys. */
const LOOKUP_TIMEOUT_MS = VALID_MS - REFRESH_AFTER_MS;
/** Maximum number of callers in memory. */
const MAX_CACHED = 10_000;
/** Maximum number of unknown keys that wait for the query in progress, so that no flood of them fills the memory. */
const MAX_WAITING = 1_000;
const USE_INTERVAL_MS = 60_000;

interface Cached {
  caller: Caller;
  /** When its query began, by `performance.now()`, which changes of the clock do not affect. */
  readAt: number;
  expiresAt: number;
}

interface Lookup {
  promise: Promise<Caller>;
  resolve: (caller: Caller) => void;
  reject: (error: Error) => void;
}

/**
 * Finds callers by API key. Keys that are in use are in memory. One query at a time looks up all others, so a flood of
 * unknown keys occupies one connection at most.
 */
@Injectable()
export class ApiKeyCache implements OnApplicationBootstrap, OnModuleDestroy {
  /** By the key itself, in the sequence of their last query: a request with a key in memory computes no hash. */
  private readonly cached = new Map<string, Cached>();
  private waiting = new Map<string, Lookup>();
  private inProgress?: Map<string, Lookup>;
  /** Whether the query in progress has exceeded LOOKUP_TIMEOUT_MS. */
  private isLate = false;
  /** When each key was used, by its id, since that was last recorded. */
  private lastUse = new Map<number, Date>();
  private readonly recording: PeriodicTask;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.recording = new PeriodicTask(
      'recording the use of API keys',
      USE_INTERVAL_MS,
      () => this.recordUse(),
      logger,
    );
  }

  onApplicationBootstrap() {
    this.recording.start();
  }

  onModuleDestroy() {
    return this.recording.stop();
  }

  /**
   * @returns the caller; not a promise if the key is in memory
   * @throws InvalidCredential, `overloaded`, `unavailable`, and what the database throws
   */
  find(key: string): Caller | Promise<Caller> {
    const cached = this.cached.get(key);
    // A key with a wrong checksum costs no query.
    if (!cached && !isApiKey(key)) throw new InvalidCredential();
    const age = cached ? performance.now() - cached.readAt : Infinity;
    if (!cached || age >= VALID_MS || Date.now() >= cached.expiresAt)
      return this.lookUp(key).then((caller) => this.used(caller));
    if (age > REFRESH_AFTER_MS) this.lookUp(key).catch(() => undefined);
    return this.used(cached.caller);
  }

  private used(caller: Caller): Caller {
    this.lastUse.set(Number(caller.id.slice('key:'.length)), new Date());
    return caller;
  }

  private lookUp(key: string): Promise<Caller> {
    if (this.isLate) return Promise.reject(noResponse());
    const same = this.inProgress?.get(key) ?? this.waiting.get(key);
    if (same) return same.promise;
    // Keys in memory are always looked up again: a flood of unknown keys must not lock out their owners.
    if (this.waiting.size >= MAX_WAITING && !this.cached.has(key)) return Promise.reject(overloaded());
    const lookup = {} as Lookup;
    lookup.promise = new Promise((resolve, reject) => Object.assign(lookup, { resolve, reject }));
    this.waiting.set(key, lookup);
    if (!this.inProgress) void this.lookUpWaiting();
    return lookup.promise;
  }

  private async lookUpWaiting() {
    while (this.waiting.size > 0) {
      const lookups = (this.inProgress = this.waiting);
      this.waiting = new Map();
      const timer = setTimeout(() => this.giveUp(), LOOKUP_TIMEOUT_MS);
      try {
        await this.query(lookups);
      } catch (error) {
        for (const { reject } of lookups.values()) reject(error as Error);
      }
      clearTimeout(timer);
      this.isLate = false;
    }
    this.inProgress = undefined;
  }

  private async query(lookups: Map<string, Lookup>) {
    const readAt = performance.now();
    const hashes = new Map([...lookups.keys()].map((key) => [key, hashOf(key)]));
    const valid = await this.unitOfWork.readForChange.apiKeys.findValid([...hashes.values()]);
    if (performance.now() - readAt >= VALID_MS) throw noResponse();
    const found = new Map(valid.map((stored) => [stored.hash.toString('base64'), stored]));
    for (const [key, lookup] of lookups) {
      const stored = found.get(hashes.get(key)!.toString('base64'));
      this.cached.delete(key);
      if (stored) lookup.resolve(this.store(key, stored, readAt));
      else lookup.reject(new InvalidCredential());
    }
  }

  /** The database does not respond: nobody waits for it, until the query in progress has ended. */
  private giveUp() {
    this.isLate = true;
    const lookups = [...this.inProgress!.values(), ...this.waiting.values()];
    this.waiting = new Map();
    for (const { reject } of lookups) reject(noResponse());
  }

  private store(key: string, stored: ValidApiKey, readAt: number): Caller {
    const caller = callerWith(stored);
    const expiresAt = stored.expires_at?.getTime() ?? Infinity;
    this.cached.set(key, { caller, readAt, expiresAt });
    if (this.cached.size > MAX_CACHED) this.cached.delete(this.cached.keys().next().value!);
    return caller;
  }

  private async recordUse() {
    const times = this.lastUse;
    if (times.size === 0) return;
    this.lastUse = new Map();
    try {
      await this.unitOfWork.inTransaction(({ apiKeys }) => apiKeys.recordUse(times));
    } catch (error) {
      this.lastUse = new Map([...times, ...this.lastUse]);
      throw error;
    }
  }
}

const noResponse = () =>
  new AppError(
    'unavailable',
    'unavailable',
    'The API key cannot be looked up at the moment. Nothing was stored.',
  );

function callerWith({ id, scopes, customer_email: email }: ValidApiKey): Caller {
  const reach = email === null ? 'all' : 'own';
  return {
    id: `key:${id}`,
    grants: new Map(scopes.map((scope) => [scope as Scope, reach])),
    ...(email !== null && { email }),
  };
}
