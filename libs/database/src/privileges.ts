import type { QueryRunner } from 'typeorm';

/** A privilege on a table, on some of its columns, or on a function (EXECUTE). */
export type Privilege =
  'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE' | `SELECT (${string})` | `UPDATE (${string})` | 'EXECUTE';

/**
 * Privileges of each role on each table: `{ orders: { shop_api: ['SELECT', 'UPDATE (status)'] } }`. The name of a function
 * ends with `()`.
 */
export type TablePrivileges = Record<string, Record<string, readonly Privilege[]>>;

/** Members see the state of all sessions in pg_stat_activity. */
const STATISTICS_ROLE = 'pg_read_all_stats';

/**
 * Creates the roles that do not exist, without a login, and makes their privileges in the current schema exactly these:
 * missing ones are granted, others are revoked. Nothing is written if there is no difference. The user must own the
 * tables; it needs CREATEROLE only if a role is missing.
 *
 * @returns a line for each role that does not exist and could not be created; nothing is granted to it
 */
export async function applyPrivileges(
  connection: QueryRunner,
  privileges: TablePrivileges,
): Promise<string[]> {
  const roles = [...new Set(Object.values(privileges).flatMap((byRole) => Object.keys(byRole)))];
  for (const role of roles) {
    await connection.query(createRole(role));
    await connection.query(grantMembership(STATISTICS_ROLE, role));
  }
  const existing = await findRoles(connection, roles);
  const found = await readPrivileges(connection, existing);
  const wanted = flatten(privileges, existing);
  const superfluous = without(found, wanted);
  // A privilege that is revoked on a table is also revoked on its columns, so these are granted again.
  const isAffected = ({ table, role }: Grant) =>
    superfluous.some((grant) => grant.table === table && grant.role === role);
  const missing = without(
    wanted,
    found.filter((grant) => !isAffected(grant)),
  );
  const statements = [
    ...(await schemaGrants(connection, existing)),
    ...superfluous.map((grant) => `REVOKE ${describe(grant)} FROM ${grant.role}`),
    ...missing.map((grant) => `GRANT ${describe(grant)} TO ${grant.role}`),
  ];
  // In one statement, so that a running app never lacks a privilege that it keeps.
  if (statements.length > 0) await connection.query(`DO $$ BEGIN ${statements.join('; ')}; END $$`);
  return roles
    .filter((role) => !existing.includes(role))
    .map(
      (role) => `the role ${role} does not exist, and this user may not create it: nothing is granted to it`,
    );
}

/**
 * Roles are shared by all databases of a server, so another process may create the same one at this moment. A user
 * without CREATEROLE is not an error: an administrator or an operator of Kubernetes can have created the roles.
 */
const createRole = (role: string) => `
  DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}') THEN CREATE ROLE ${role} NOLOGIN; END IF;
  EXCEPTION WHEN duplicate_object OR unique_violation OR insufficient_privilege THEN NULL; END $$`;

const grantMembership = (group: string, role: string) => `
  DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}' AND NOT pg_has_role(oid, '${group}', 'MEMBER')) THEN
      GRANT ${group} TO ${role};
    END IF;
  EXCEPTION WHEN unique_violation OR insufficient_privilege THEN NULL; END $$`;

async function findRoles(connection: QueryRunner, roles: string[]): Promise<string[]> {
  const rows = (await connection.query('SELECT rolname AS role FROM pg_roles WHERE rolname = ANY($1)', [
    roles,
  ])) as { role: string }[];
  return rows.map(({ role }) => role);
}

/** After a restore, the schema is a new one, which only its owner may use. */
async function schemaGrants(connection: QueryRunner, roles: string[]): Promise<string[]> {
  const rows = (await connection.query(
    `SELECT quote_ident(current_schema()) AS schema, role FROM unnest($1::text[]) AS role
     WHERE NOT has_schema_privilege(role, current_schema(), 'USAGE')`,
    [roles],
  )) as { schema: string; role: string }[];
  return rows.map(({ schema, role }) => `GRANT USAGE ON SCHEMA ${schema} TO ${role}`);
}

/** One privilege of a role on a table, on one of its columns, or on a function, whose name ends with `()`. */
interface Grant {
  table: string;
  column: string | null;
  role: string;
  privilege: string;
}

async function readPrivileges(connection: QueryRunner, roles: string[]): Promise<Grant[]> {
  return (await connection.query(
    `WITH acl AS (
       SELECT relname AS table, NULL AS column, relacl AS items FROM pg_class
       WHERE relnamespace = current_schema()::regnamespace
       UNION ALL
       SELECT relname, attname, attacl FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
       WHERE relnamespace = current_schema()::regnamespace AND NOT attisdropped
       UNION ALL
       SELECT proname || '()', NULL, proacl FROM pg_proc WHERE pronamespace = current_schema()::regnamespace
     )
     SELECT acl.table, acl.column, rolname AS role, privilege_type AS privilege
     FROM acl CROSS JOIN LATERAL aclexplode(items) AS item JOIN pg_roles ON pg_roles.oid = item.grantee
     WHERE rolname = ANY($1)`,
    [roles],
  )) as Grant[];
}

function flatten(privileges: TablePrivileges, roles: string[]): Grant[] {
  return Object.entries(privileges).flatMap(([table, byRole]) =>
    Object.entries(byRole)
      .filter(([role]) => roles.includes(role))
      .flatMap(([role, granted]) =>
        granted.flatMap((text) => parse(text).map((grant) => ({ table, role, ...grant }))),
      ),
  );
}

/** @returns a privilege on the table, or one for each of the columns */
function parse(text: Privilege): Pick<Grant, 'privilege' | 'column'>[] {
  const [, privilege, columns] = /^(\w+)(?: \((.+)\))?$/.exec(text)!;
  if (columns === undefined) return [{ privilege: privilege!, column: null }];
  return columns.split(', ').map((column) => ({ privilege: privilege!, column }));
}

function without(grants: Grant[], others: Grant[]): Grant[] {
  const keys = new Set(others.map(keyOf));
  return grants.filter((grant) => !keys.has(keyOf(grant)));
}

const keyOf = ({ table, column, role, privilege }: Grant) =>
  [table, column ?? '', role, privilege].join('\n');

const describe = ({ table, column, privilege }: Grant) =>
  `${privilege}${column === null ? '' : ` ("${column}")`} ON ${objectOf(table)}`;

const objectOf = (name: string) => (name.endsWith('()') ? `FUNCTION "${name.slice(0, -2)}"` : `"${name}"`);
