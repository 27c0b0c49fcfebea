import { ANY_SCOPE } from '../../apps/api/src/access/requires.decorator.js';
import {
  grantsOf,
  reachOf,
  ROLE_NAMES,
  ROLES,
  SCOPES,
  type Role,
  type Scope,
} from '../../apps/api/src/access/scopes.js';
import { code, markdownTable } from './markdown.js';

const NONE = '–';

/** What the tables need of docs/openapi.json. */
export interface OpenApi {
  paths: Record<
    string,
    Record<string, { 'x-required-scope'?: Scope | typeof ANY_SCOPE; 'x-customers': 'own' | 'none' }>
  >;
}

export const scopesTable = () =>
  markdownTable(
    ['scope', 'permits to'],
    Object.entries(SCOPES).map(([scope, description]) => [
      code(scope),
      description.replace(/^[A-Z]/, (letter) => letter.toLowerCase()),
    ]),
  );

export const rolesTable = () =>
  markdownTable(
    ['role', 'scopes'],
    Object.entries(ROLES).map(([role, scopes]) => [code(role), scopes.map(code).join(', ')]),
  );

/** Every operation of the API that requires a scope, with the access of each role. The others are signed. */
export function accessMatrix({ paths }: OpenApi): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { 'x-required-scope': scope, ...operation }]) =>
      scope ? [{ path, method: method.toUpperCase(), scope, operation }] : [],
    ),
  );
  return markdownTable(
    ['operation', 'scope', ...ROLE_NAMES],
    operations.map(({ path, method, scope, operation: { 'x-customers': customers } }) => [
      code(`${method} ${path}`),
      code(scope),
      ...ROLE_NAMES.map((role) => accessOf(role, scope, customers === 'own')),
    ]),
  );
}

const ACCESS = { all: 'yes', own: 'own' };

function accessOf(role: Role, scope: Scope | typeof ANY_SCOPE, isForCustomers: boolean): string {
  if (scope === ANY_SCOPE) return ACCESS.all;
  const reach = reachOf(grantsOf([role]), scope, isForCustomers);
  return reach ? ACCESS[reach] : NONE;
}
