import { AppError, type Logger } from '@estoque/platform';
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';

const TIMEOUT_MS = 5_000;
/** Tokens with an unknown key make the keys be read again at most this often, so that no flood of them reaches the provider. */
const COOLDOWN_MS = 5_000;

/**
 * The public keys of an identity provider. A key that is not known is looked for in a new answer of the provider, so that
 * the provider can change its keys at any time. While it cannot be reached, the known keys stay valid.
 */
export class ProviderKeys {
  private keySet?: ReturnType<typeof createLocalJWKSet>;
  private reading?: Promise<void>;
  private lastAttemptAt = -Infinity;
  private failure?: AppError;

  /**
   * @param issuer required without `jwksUrl`
   * @param jwksUrl address of the keys; default: the one that the provider's metadata contains
   */
  constructor(
    private readonly issuer: string | undefined,
    private readonly jwksUrl: string | undefined,
    private readonly logger: Logger,
  ) {}

  /** Why the keys could not be read at the last attempt. */
  get limitation(): string | undefined {
    return this.failure && reasonOf(this.failure.cause);
  }

  /** Finds the key of a token. @throws JWKSNoMatchingKey and other errors of jose, `identity_provider_unavailable` */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    if (!this.keySet) await this.readIfDue();
    try {
      return await this.keySet!(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await this.readIfDue();
      return this.keySet!(header, token);
    }
  };

  /** Reads the keys again. @throws AppError `identity_provider_unavailable` */
  read(): Promise<void> {
    this.reading ??= this.readNow().finally(() => (this.reading = undefined));
    return this.reading;
  }

  private async readIfDue() {
    if (this.reading || performance.now() - this.lastAttemptAt >= COOLDOWN_MS) return this.read();
    if (this.failure) throw this.failure;
  }

  private async readNow() {
    this.lastAttemptAt = performance.now();
    try {
      const url = this.jwksUrl ?? (await this.discover(this.issuer!));
      this.keySet = createLocalJWKSet((await fetchJson(url)) as JSONWebKeySet);
      this.failure = undefined;
    } catch (error) {
      this.failure = unreachable(error);
      this.logger.warn({ reason: reasonOf(error) }, 'the keys of the identity provider cannot be read');
      throw this.failure;
    }
  }

  /** Reads the address of the keys from the metadata of the provider (OpenID Connect Discovery 1.0, section 4). */
  private async discover(expected: string): Promise<string> {
    const url = `${expected.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const { issuer, jwks_uri } = (await fetchJson(url)) as { issuer?: unknown; jwks_uri?: unknown };
    if (issuer !== expected) throw new Error(`${url} is about another issuer: ${String(issuer)}`);
    if (typeof jwks_uri !== 'string' || !URL.canParse(jwks_uri))
      throw new Error(`${url} has no valid jwks_uri`);
    // Without encryption, an attacker on the network could replace the keys.
    if (isHttps(expected) && !isHttps(jwks_uri)) throw new Error(`the jwks_uri in ${url} is not https:`);
    return jwks_uri;
  }
}

const isHttps = (url: string) => new URL(url).protocol === 'https:';

async function fetchJson(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' });
  if (!response.ok) throw new Error(`${url} returned ${response.status}`);
  return response.json();
}

/** The error of fetch only says that it failed; its cause has the reason. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error & { cause?: { message?: string; code?: string } };
  const reason = cause?.message || cause?.code;
  return reason ? `${message}: ${reason}` : message;
}

const unreachable = (cause: unknown) =>
  new AppError(
    'unavailable',
    'identity_provider_unavailable',
    'The identity provider cannot be reached, so the token cannot be verified. Nothing was stored.',
    { cause },
  );
