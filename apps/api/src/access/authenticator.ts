import { Injectable } from '@nestjs/common';
import { looksLikeApiKey } from './api-key.js';
import { ApiKeyCache } from './api-key-cache.js';
import type { Caller } from './caller.js';
import { Tokens } from './tokens.js';

/** Identifies the caller by an API key or a token. */
@Injectable()
export class Authenticator {
  constructor(
    private readonly apiKeys: ApiKeyCache,
    private readonly tokens: Tokens,
  ) {}

  /** @returns the caller; not a promise if the credential is known @throws InvalidCredential, and errors of an outage */
  readonly identify = (credential: string): Caller | Promise<Caller> =>
    looksLikeApiKey(credential) ? this.apiKeys.find(credential) : this.tokens.identify(credential);
}
