import type { FastifyRequest } from 'fastify';
import type { Reach, Scope } from './scopes.js';

/** Who sends a request, and what they may do. */
export interface Caller {
  /** Stable and unique: `key:12` for an API key, `user:<issuer> <subject>` for a token. */
  id: string;
  grants: ReadonlyMap<Scope, Reach>;
  /** Verified e-mail address. Scopes with the reach `own` are refused without it. */
  email?: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the access hook for every route that is not public. */
    caller?: Caller;
    /** Set if the caller reaches only what belongs to this e-mail address. */
    owner?: string;
  }
}

/** @throws Error if the route is public: a bug */
export function callerOf({ caller, routeOptions }: FastifyRequest): Caller {
  if (!caller) throw new Error(`${routeOptions.url} is public and has no caller.`);
  return caller;
}
