import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExtension, ApiSecurity } from '@nestjs/swagger';
import type { Scope } from './scopes.js';

/** Configuration of a route, in which the access hook finds the scope. */
export interface AccessConfig {
  scope?: Scope;
  /** Every valid credential is accepted: the route returns nothing of the shop. */
  isForEveryCaller?: boolean;
  isForCustomers?: boolean;
  isCostly?: boolean;
  /** The body is signed. The handler checks that; there is no other credential. */
  isSigned?: boolean;
}

/**
 * Declares the scope that a route requires. A route without this decorator refuses every request.
 *
 * @param options.isForCustomers the handler passes `ownerOf(request)` on, so that a customer reaches only what belongs to
 *   them. Without it, the route refuses customers
 * @param options.isCostly the operation counts for the limit of costly requests, too
 */
export const Requires = (scope: Scope, options: { isForCustomers?: boolean; isCostly?: boolean } = {}) =>
  applyDecorators(
    RouteConfig({ scope, ...options } satisfies AccessConfig),
    ApiSecurity('bearer'),
    ApiExtension('x-required-scope', scope),
    ApiExtension('x-customers', options.isForCustomers ? 'own' : 'none'),
  );

/** Value of `x-required-scope` for a route that requires a credential and no scope. */
export const ANY_SCOPE = 'any';

/** Declares that a route accepts every caller with a valid credential, whatever their scopes are. */
export const RequiresCredential = () =>
  applyDecorators(
    RouteConfig({ isForEveryCaller: true } satisfies AccessConfig),
    ApiSecurity('bearer'),
    ApiExtension('x-required-scope', ANY_SCOPE),
    ApiExtension('x-customers', 'own'),
  );

/**
 * Declares that a route requires no credential: a signature identifies the sender. The request keeps the text of its body,
 * which the handler has to check (`signedBodyOf`).
 */
export const RequiresSignature = () =>
  applyDecorators(
    RouteConfig({ isSigned: true } satisfies AccessConfig),
    ApiExtension('x-requires-signature', true),
  );
