import { Controller, Get, RequestMapping, type Type } from '@nestjs/common';
import { readFileSync } from 'node:fs';
import {
  ANY_SCOPE,
  Requires,
  RequiresCredential,
  type AccessConfig,
} from '../../apps/api/src/access/requires.decorator.js';
import { ROLES, SCOPE_NAMES } from '../../apps/api/src/access/scopes.js';
import { ApiModule } from '../../apps/api/src/api.module.js';

/** Metadata of Nest: controllers of a module, path of a handler, configuration of a Fastify route. */
const CONTROLLERS = 'controllers';
const PATH = 'path';
const ROUTE_CONFIG = '__fastify_route_config__';

type Handler = (...parameters: unknown[]) => unknown;

/** @returns all handlers of routes, by name */
function routesOf(controllers: Type[]): { name: string; handler: Handler; access: AccessConfig }[] {
  return controllers.flatMap(({ name, prototype }) =>
    Object.getOwnPropertyNames(prototype)
      .filter((method) => method !== 'constructor')
      .map((method) => ({
        name: `${name}.${method}`,
        handler: Object.getOwnPropertyDescriptor(prototype, method)!.value as Handler,
      }))
      .filter(({ handler }) => typeof handler === 'function' && Reflect.hasMetadata(PATH, handler))
      .map((route) => ({
        ...route,
        access: (Reflect.getMetadata(ROUTE_CONFIG, route.handler) ?? {}) as AccessConfig,
      })),
  );
}

/** The routes that need no credential: their handlers check a signature. */
const SIGNED = ['PaymentWebhooksController.simulated', 'PaymentWebhooksController.stripe'];

/** The route that requires a credential and no scope. */
const FOR_EVERY_CALLER = 'SessionController.session';

/** @returns what is wrong with the access to the routes */
function findProblems(controllers: Type[]): string[] {
  return routesOf(controllers).flatMap(({ name, handler, access }) => {
    const { scope, isForCustomers, isSigned, isForEveryCaller } = access;
    if (isForEveryCaller) return name === FOR_EVERY_CALLER ? [] : [`${name} requires no scope`];
    if (isSigned) return SIGNED.includes(name) ? [] : [`${name} needs no credential`];
    if (scope === undefined) return [`${name} declares no scope`];
    if (isForCustomers && !/\bownerOf\b/.test(handler.toString()))
      return [`${name} is for customers and does not pass on the owner`];
    if (isForCustomers && !(ROLES.customer as readonly string[]).includes(scope))
      return [`${name} is for customers, who do not have the scope ${scope}`];
    return [];
  });
}

describe('The routes of the API', () => {
  const controllers = Reflect.getMetadata(CONTROLLERS, ApiModule) as Type[];

  it('each declare a scope, and those for customers pass on the owner', () => {
    expect(routesOf(controllers).length).toBeGreaterThan(30);
    expect(findProblems(controllers)).toEqual([]);
  });

  it('use every scope', () => {
    const used = new Set(routesOf(controllers).map(({ access }) => access.scope));
    expect(SCOPE_NAMES.filter((scope) => !used.has(scope))).toEqual([]);
  });

  it('fail these tests without a scope, and without an owner', () => {
    @Controller()
    class ForgottenController {
      @Get('forgotten')
      forgotten() {
        return {};
      }

      @RequestMapping({ path: 'also' })
      also() {
        return {};
      }

      @Requires('orders:read', { isForCustomers: true })
      @Get('all-orders')
      allOrders() {
        return {};
      }

      @RequiresCredential()
      @Get('everything')
      everything() {
        return {};
      }

      @Requires('operations:read')
      @Get('right')
      right() {
        return {};
      }
    }
    expect(findProblems([ForgottenController])).toEqual([
      'ForgottenController.forgotten declares no scope',
      'ForgottenController.also declares no scope',
      'ForgottenController.allOrders is for customers and does not pass on the owner',
      'ForgottenController.everything requires no scope',
    ]);
  });

  it('are documented with their scope, as protected by a bearer credential', () => {
    const { paths, components } = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as {
      paths: Record<
        string,
        Record<string, { security?: object[]; 'x-required-scope'?: string; responses: object }>
      >;
      components: { securitySchemes: object };
    };
    expect(components.securitySchemes).toMatchObject({ bearer: { type: 'http', scheme: 'bearer' } });
    for (const [path, methods] of Object.entries(paths))
      for (const [method, { security, responses, ...operation }] of Object.entries(methods)) {
        if (path.startsWith('/v1/payments/webhooks/')) {
          expect({ path, security }).toEqual({ path, security: [] });
          continue;
        }
        expect({ path, method, security }).toEqual({ path, method, security: [{ bearer: [] }] });
        const scopes: string[] = path === '/v1/session' ? [ANY_SCOPE] : SCOPE_NAMES;
        expect(scopes).toContain(operation['x-required-scope']);
        expect(Object.keys(responses)).toEqual(expect.arrayContaining(['401', '403']));
      }
  });
});
