/** What a caller may do. Every route requires one scope (`@Requires`). */
export const SCOPES = {
  'orders:read': 'Read orders',
  'orders:write': 'Place and cancel orders',
  'shipments:write': 'Ship and complete orders, and record returns',
  'stock:read': 'Read products, stock levels and movements',
  'stock:write': 'Record receipts and adjustments of stock',
  'products:write': 'Create and change products',
  'notifications:read': 'Read notifications',
  'notifications:write': 'Change which mails a customer gets',
  'payments:read': 'Read payments and refunds',
  'payments:write': 'Refund payments',
  'operations:read':
    'Read dead letters, audits, the audit log, the data of a customer and the state of the system',
  'operations:write': 'Replay and discard dead letters, send mails again, request audits',
  'webhooks:write': 'Manage webhook endpoints, read their deliveries and replay events',
  admin: 'Manage API keys, and erase customers',
} as const;

export type Scope = keyof typeof SCOPES;

export const SCOPE_NAMES = Object.keys(SCOPES) as [Scope, ...Scope[]];

/** The scopes of each role. A customer's scopes reach only what belongs to the customer. */
export const ROLES = {
  customer: ['orders:read', 'orders:write', 'notifications:read', 'notifications:write'],
  clerk: [
    'orders:read',
    'orders:write',
    'stock:read',
    'notifications:read',
    'notifications:write',
    'payments:read',
  ],
  warehouse: ['orders:read', 'shipments:write', 'stock:read', 'stock:write', 'products:write'],
  operator: [
    'orders:read',
    'stock:read',
    'notifications:read',
    'payments:read',
    'payments:write',
    'operations:read',
    'operations:write',
  ],
  admin: SCOPE_NAMES,
} as const satisfies Record<string, readonly Scope[]>;

export type Role = keyof typeof ROLES;

export const ROLE_NAMES = Object.keys(ROLES) as [Role, ...Role[]];

/** `all`: the scope reaches everything. `own`: only what belongs to the caller's e-mail address. */
export type Reach = 'all' | 'own';

/** @returns how far the scope reaches at a route; undefined: the route refuses the caller */
export function reachOf(
  grants: ReadonlyMap<Scope, Reach>,
  scope: Scope,
  isForCustomers = false,
): Reach | undefined {
  const reach = grants.get(scope);
  return reach === 'own' && !isForCustomers ? undefined : reach;
}

/** @returns the scopes that the roles have together, each with the larger reach */
export function grantsOf(roles: readonly Role[]): Map<Scope, Reach> {
  const grants = new Map<Scope, Reach>();
  for (const role of roles)
    for (const scope of ROLES[role])
      if (role !== 'customer') grants.set(scope, 'all');
      else if (!grants.has(scope)) grants.set(scope, 'own');
  return grants;
}
