import { grantsOf, reachOf, ROLE_NAMES, SCOPE_NAMES } from './scopes.js';

describe('The scopes of a role', () => {
  it('reach what belongs to the customer, for a customer', () => {
    expect([...grantsOf(['customer'])]).toEqual([
      ['orders:read', 'own'],
      ['orders:write', 'own'],
      ['notifications:read', 'own'],
      ['notifications:write', 'own'],
    ]);
  });

  it.each(ROLE_NAMES.filter((role) => role !== 'customer'))('reach everything, for %s', (role) => {
    const grants = grantsOf([role]);
    expect(grants.size).toBeGreaterThan(0);
    expect(new Set(grants.values())).toEqual(new Set(['all']));
  });

  it('are all scopes, for an admin', () => expect([...grantsOf(['admin']).keys()]).toEqual(SCOPE_NAMES));

  it('include `admin` for an admin only', () => {
    expect(ROLE_NAMES.filter((role) => grantsOf([role]).has('admin'))).toEqual(['admin']);
  });

  it.each([[['customer', 'clerk'] as const], [['clerk', 'customer'] as const]])(
    'have the larger reach, for %j',
    (roles) => {
      const grants = grantsOf(roles);
      expect([grants.get('orders:read'), grants.get('stock:read')]).toEqual(['all', 'all']);
    },
  );

  it('are none, without a role', () => expect(grantsOf([]).size).toBe(0));
});

describe('The reach of a scope at a route', () => {
  const own = grantsOf(['customer']);
  const all = grantsOf(['clerk']);

  it.each([
    ['a customer, at a route for customers', own, true, 'own'],
    ['a customer, at another route', own, false, undefined],
    ['an employee, at a route for customers', all, true, 'all'],
    ['an employee, at another route', all, false, 'all'],
    ['a caller without scopes', grantsOf([]), true, undefined],
  ] as const)('of %s', (_name, grants, isForCustomers, reach) => {
    expect(reachOf(grants, 'orders:read', isForCustomers)).toBe(reach);
  });
});
