import {
  ENVIRONMENT,
  HealthChecks,
  InvalidCredential,
  LOGGER,
  PeriodicTask,
  type Environment,
  type Logger,
} from '@estoque/platform';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { errors, jwtVerify, type JWTPayload } from 'jose';
import { hash as digest } from 'node:crypto';
import type { Caller } from './caller.js';
import { isUnambiguous } from './owner.js';
import { ProviderKeys } from './provider-keys.js';
import { grantsOf, ROLE_NAMES, type Role } from './scopes.js';

/** Only signatures with a private key: with HMAC, a caller who knows the public key of a provider could sign tokens. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
/** Difference of the clocks of the issuer and this process. */
const CLOCK_TOLERANCE_SECONDS = 30;
/** The keys are read again, so that one that the provider has removed is not accepted any more. */
const KEY_REFRESH_MS = 300_000;
/** A token that was verified is not verified again within this time. */
const VERIFIED_MS = 60_000;
const MAX_VERIFIED = 10_000;
const MAX_TOKEN_CHARACTERS = 8_192;
/** OpenID Connect Core 1.0, section 2: at most 255 ASCII characters. */
const SUBJECT = /^[\x21-\x7e]{1,255}$/;
const EMAIL = /^[^\s\p{C}@]{1,64}@[^\s\p{C}@]{1,189}$/u;

/** Identifies callers by the tokens (JWT) of an OpenID Connect provider. */
@Injectable()
export class Tokens implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly keys?: ProviderKeys;
  private readonly refreshing: PeriodicTask;
  /** Verified tokens by hash, in the sequence of their verification. */
  private readonly verified = new Map<string, { caller: Caller; validUntil: number }>();

  constructor(
    @Inject(ENVIRONMENT) private readonly environment: Environment,
    @Inject(LOGGER) logger: Logger,
    health: HealthChecks,
  ) {
    const { AUTH_ISSUER, AUTH_JWKS_URL } = environment;
    if (AUTH_ISSUER !== undefined || AUTH_JWKS_URL !== undefined) {
      const keys = (this.keys = new ProviderKeys(AUTH_ISSUER, AUTH_JWKS_URL, logger));
      health.add('identity_provider', () => keys.limitation);
    }
    const name = 'reading the keys of the identity provider';
    this.refreshing = new PeriodicTask(name, KEY_REFRESH_MS, async () => this.keys?.read(), logger);
  }

  /** Whether tokens are accepted. */
  get isConfigured() {
    return this.keys !== undefined;
  }

  onApplicationBootstrap() {
    if (this.keys) this.refreshing.runNow();
  }

  onModuleDestroy() {
    return this.refreshing.stop();
  }

  /**
   * @returns the caller; not a promise if the token was verified a moment ago
   * @throws InvalidCredential, `identity_provider_unavailable`
   */
  identify(token: string): Caller | Promise<Caller> {
    if (!this.keys || token.length > MAX_TOKEN_CHARACTERS) throw new InvalidCredential();
    const hash = digest('sha256', token, 'base64');
    const known = this.verified.get(hash);
    if (known && Date.now() < known.validUntil) return known.caller;
    this.verified.delete(hash);
    return this.verify(token, hash, this.keys);
  }

  private async verify(token: string, hash: string, keys: ProviderKeys): Promise<Caller> {
    const payload = await this.payloadOf(token, keys);
    const caller = this.callerOf(payload);
    const validUntil = Math.min(Date.now() + VERIFIED_MS, (payload.exp! + CLOCK_TOLERANCE_SECONDS) * 1_000);
    this.verified.set(hash, { caller, validUntil });
    if (this.verified.size > MAX_VERIFIED) this.verified.delete(this.verified.keys().next().value!);
    return caller;
  }

  private async payloadOf(token: string, keys: ProviderKeys): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(token, keys.find, {
        algorithms: ALGORITHMS,
        issuer: this.environment.AUTH_ISSUER,
        audience: this.environment.AUTH_AUDIENCE,
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        requiredClaims: ['iss', 'sub', 'exp'],
      });
      // jose checks the time of issue only together with a maximum age.
      if (payload.iat !== undefined && payload.iat > Date.now() / 1_000 + CLOCK_TOLERANCE_SECONDS)
        throw new InvalidCredential();
      return payload;
    } catch (error) {
      // jose reports a key that does not fit the algorithm as a TypeError.
      throw error instanceof errors.JOSEError || error instanceof TypeError ? new InvalidCredential() : error;
    }
  }

  private callerOf(payload: JWTPayload): Caller {
    const { AUTH_ROLES_CLAIM, AUTH_EMAIL_CLAIM, AUTH_EMAIL_VERIFIED_CLAIM } = this.environment;
    if (!SUBJECT.test(String(payload.sub))) throw new InvalidCredential();
    const roles = [claimOf(payload, AUTH_ROLES_CLAIM)]
      .flat()
      .filter((role): role is Role => ROLE_NAMES.includes(role as Role));
    const email = claimOf(payload, AUTH_EMAIL_CLAIM);
    const isVerified = claimOf(payload, AUTH_EMAIL_VERIFIED_CLAIM) === true;
    return {
      id: `user:${payload.iss} ${payload.sub}`,
      grants: grantsOf(roles),
      ...(isVerified && typeof email === 'string' && EMAIL.test(email) && isUnambiguous(email) && { email }),
    };
  }
}

/** @returns the claim of this name, or at this path of names separated by dots */
function claimOf(payload: JWTPayload, path: string): unknown {
  if (Object.hasOwn(payload, path)) return payload[path];
  return path
    .split('.')
    .reduce<unknown>(
      (value, name) =>
        typeof value === 'object' && value !== null && Object.hasOwn(value, name)
          ? (value as Record<string, unknown>)[name]
          : undefined,
      payload,
    );
}
