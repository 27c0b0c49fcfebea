import { ensureLogin } from '@estoque/database';
import { APPS_WITH_ROLES, createDataSource, migrate, PRIVILEGES, roleOf } from '@estoque/domain';
import pg from 'pg';
import { APP_NAMES, type AppName } from '../../apps/manifest.js';
import { createDatabase } from '../support/database.js';
import { runConcurrently } from '../support/test-shop.js';

const DENIED = '42501';

const TABLES = Object.keys(PRIVILEGES).filter((name) => !name.endsWith('()'));
const FUNCTIONS = Object.keys(PRIVILEGES).filter((name) => name.endsWith('()'));
/** The functions of triggers: no app may call them. */
const TRIGGER_FUNCTIONS = ['record_webhook_events()'];

describe('The database roles of the apps', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let owner: pg.Client;
  let columns: { table: string; column: string }[];
  const clients = new Map<AppName, pg.Client>();

  beforeAll(async () => {
    database = await createDatabase();
    owner = await connect(database.url);
    for (const app of APP_NAMES) clients.set(app, await connect(database.urlOf(app)));
    const { rows } = await owner.query<{ table: string; column: string }>(
      `SELECT table_name AS table, column_name AS column FROM information_schema.columns
       WHERE table_schema = 'public' ORDER BY 1, ordinal_position`,
    );
    columns = rows;
  });
  afterAll(async () => {
    for (const client of [owner, ...clients.values()]) await client?.end();
    await database.drop();
  });

  async function connect(url: string) {
    const client = new pg.Client(url);
    await client.connect();
    return client;
  }

  /** Runs the statement as the user of the app and undoes it. @returns the SQLSTATE of its error, if any */
  async function run(app: AppName, sql: string): Promise<string | undefined> {
    const client = clients.get(app)!;
    await client.query('BEGIN');
    try {
      await client.query(sql);
      return undefined;
    } catch (error) {
      return (error as { code: string }).code;
    } finally {
      await client.query('ROLLBACK');
    }
  }

  /** Each statement of an app on a table that needs one privilege, and whether the app has it. */
  function statementsOn(table: string, app: AppName) {
    const granted: readonly string[] = PRIVILEGES[table]?.[roleOf(app)] ?? [];
    const mayUpdate = (column: string) =>
      granted.some((privilege) =>
        privilege === 'UPDATE'
          ? true
          : /^UPDATE \((.+)\)$/.exec(privilege)?.[1]!.split(', ').includes(column),
      );
    return [
      { sql: `SELECT * FROM ${table} LIMIT 0`, allowed: granted.includes('SELECT') },
      { sql: `INSERT INTO ${table} DEFAULT VALUES`, allowed: granted.includes('INSERT') },
      { sql: `DELETE FROM ${table} WHERE false`, allowed: granted.includes('DELETE') },
      { sql: `TRUNCATE ${table}`, allowed: false },
      ...columns
        .filter((column) => column.table === table)
        .map(({ column }) => ({
          sql: `UPDATE ${table} SET "${column}" = DEFAULT WHERE false`,
          allowed: mayUpdate(column),
        })),
    ];
  }

  it('are those of all apps, and their privileges are stated for every table', () => {
    expect(APPS_WITH_ROLES.toSorted()).toEqual([...APP_NAMES].toSorted());
    expect(TABLES.toSorted()).toEqual([...new Set(columns.map(({ table }) => table))].toSorted());
  });

  it('permit a function that runs with the privileges of the owner to the listed apps only', async () => {
    const functions = await owner.query<{ name: string }>(
      `SELECT proname AS name FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef ORDER BY 1`,
    );
    expect(functions.rows.map(({ name }) => `${name}()`)).toEqual(
      [...FUNCTIONS, ...TRIGGER_FUNCTIONS].toSorted(),
    );
    for (const { name } of functions.rows)
      for (const app of APP_NAMES) {
        const { rows } = await clients
          .get(app)!
          .query<{ allowed: boolean }>(
            `SELECT has_function_privilege(oid, 'EXECUTE') AS allowed FROM pg_proc WHERE proname = $1`,
            [name],
          );
        const granted = PRIVILEGES[`${name}()`]?.[roleOf(app)] ?? [];
        expect([name, app, rows[0]!.allowed]).toEqual([name, app, granted.includes('EXECUTE')]);
      }
  });

  it.each(APP_NAMES)('let %s run the statements that it needs, and refuse every other one', async (app) => {
    const outcomes: Record<string, 'allowed' | 'refused'> = {};
    const expected: typeof outcomes = {};
    for (const table of TABLES) {
      for (const { sql, allowed } of statementsOn(table, app)) {
        outcomes[sql] = (await run(app, sql)) === DENIED ? 'refused' : 'allowed';
        expected[sql] = allowed ? 'allowed' : 'refused';
      }
    }
    expect(outcomes).toEqual(expected);
    expect(Object.values(outcomes)).toEqual(expect.arrayContaining(['allowed', 'refused']));
  });

  it('let no app change the ledger, the list of migrations, or the schema', async () => {
    for (const app of APP_NAMES) {
      for (const sql of [
        'UPDATE movements SET quantity = quantity',
        'DELETE FROM movements',
        'ALTER TABLE movements DISABLE TRIGGER movements_append_only',
        'DELETE FROM migrations',
        'CREATE TABLE own (id integer)',
        'DROP TABLE orders',
        'ALTER ROLE postgres PASSWORD NULL',
        `SET ROLE ${roleOf(APP_NAMES.find((other) => other !== app)!)}`,
      ])
        expect([app, sql, await run(app, sql)]).toEqual([app, sql, DENIED]);
    }
    const { rows } = await owner.query<{ role: string }>(
      `SELECT rolname AS role FROM pg_roles WHERE rolname LIKE 'estoque%' AND
         (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls OR
          EXISTS (SELECT FROM pg_class WHERE relowner = pg_roles.oid))`,
    );
    expect(rows).toEqual([]);
  });

  it('let no worker read an API key, and the api change neither the scopes of a key nor its hash', async () => {
    for (const app of APP_NAMES.filter((name) => name !== 'api'))
      expect([app, await run(app, 'SELECT hash FROM api_keys')]).toEqual([app, DENIED]);
    for (const column of ['hash', 'scopes', 'expires_at'])
      expect([column, await run('api', `UPDATE api_keys SET ${column} = ${column}`)]).toEqual([
        column,
        DENIED,
      ]);
    expect(await run('api', 'DELETE FROM api_keys')).toBe(DENIED);
    expect(await run('api', 'UPDATE api_keys SET revoked_at = now()')).toBeUndefined();
  });

  it('get back exactly their privileges when the migrations run', async () => {
    const [api, stockWorker] = ['api', 'stock-worker'].map(roleOf);
    await owner.query(
      `GRANT UPDATE, DELETE ON movements TO ${api}; GRANT SELECT (body) ON dead_letters TO ${stockWorker};
       REVOKE SELECT ON orders FROM ${stockWorker}; GRANT UPDATE ON orders TO ${stockWorker}`,
    );
    // The trigger refuses it then, and not the privileges.
    expect(await run('api', 'DELETE FROM movements')).toBe('23001');
    expect(await run('stock-worker', 'SELECT * FROM orders LIMIT 0')).toBe(DENIED);

    await migrate(database.url);
    expect(await run('api', 'DELETE FROM movements WHERE false')).toBe(DENIED);
    expect(await run('stock-worker', 'SELECT body FROM dead_letters')).toBe(DENIED);
    expect(await run('stock-worker', 'SELECT * FROM orders LIMIT 0')).toBeUndefined();
    expect(await run('stock-worker', `UPDATE orders SET customer_email = ''`)).toBe(DENIED);
    expect(await run('stock-worker', 'UPDATE orders SET status = status WHERE false')).toBeUndefined();
  });

  it('are not written again if nothing has changed', async () => {
    const readVersions = async () => {
      const { rows } = await owner.query<{ relname: string; xmin: string }>(
        `SELECT relname, xmin FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1`,
      );
      return rows;
    };
    const before = await readVersions();
    await migrate(database.url, { appUrls: { api: database.urlOf('api') } });
    expect(await readVersions()).toEqual(before);
  });

  it('are granted by an owner of the tables that may not create roles', async () => {
    const other = await createDatabase();
    const name = new URL(other.url).pathname.slice(1);
    const user = `${name}_owner`;
    await owner.query(`CREATE ROLE ${user} LOGIN PASSWORD 'secret'; ALTER DATABASE ${name} OWNER TO ${user}`);
    const superuser = await connect(other.url);
    await superuser.query(`DROP SCHEMA public CASCADE; CREATE SCHEMA public AUTHORIZATION ${user}`);
    await superuser.end();
    const url = new URL(other.url);
    url.username = user;
    url.password = 'secret';
    await migrate(url.href);
    const api = await connect(other.urlOf('api'));
    await api.query('SELECT * FROM orders');
    await expect(api.query('DELETE FROM movements')).rejects.toMatchObject({ code: DENIED });
    await api.end();
    await other.drop();
    await owner.query(`DROP ROLE ${user}`);
  });
});

describe('The user of an app', () => {
  const user = `login_${crypto.randomUUID().replaceAll('-', '')}`;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  const urlWith = (password: string) => {
    const url = new URL(database.url);
    url.username = user;
    url.password = encodeURIComponent(password);
    return url.href;
  };
  const logIn = async (password: string) => {
    const client = new pg.Client(urlWith(password));
    await client.connect();
    await client.query('SELECT * FROM orders');
    await client.end();
  };
  beforeAll(async () => {
    database = await createDatabase();
  });
  afterAll(async () => {
    const client = new pg.Client(database.url);
    await client.connect();
    await client.query(`DROP ROLE IF EXISTS ${user}`);
    await client.end();
    await database.drop();
  });

  const statements: string[] = [];
  /** Runs `ensureLogin` on a connection of its own, and records its statements. */
  const ensure = async (password: string) => {
    const dataSource = await createDataSource(database.url, { poolSize: 1 }).initialize();
    try {
      const runner = dataSource.createQueryRunner();
      const query = runner.query.bind(runner) as (sql: string, parameters?: unknown[]) => Promise<unknown>;
      runner.query = ((sql: string, parameters?: unknown[]) => {
        statements.push(sql);
        return query(sql, parameters);
      }) as typeof runner.query;
      const changed = await ensureLogin(runner, { url: urlWith(password), role: roleOf('api') });
      await runner.release();
      return changed;
    } finally {
      await dataSource.destroy();
    }
  };

  it('is created once by concurrent migrations, gets a new password, and no statement contains one', async () => {
    const first = `p@ss'w"ord %41`;
    await runConcurrently(8, () => ensure(first));
    await logIn(first);
    expect(await ensure(first)).toBe(false);
    expect(await ensure('another-one')).toBe(true);
    await logIn('another-one');
    await expect(logIn(first)).rejects.toThrow('password authentication failed');
    expect(statements.join()).toContain('PASSWORD');
    for (const secret of ['p@ss', 'another-one']) expect(statements.join()).not.toContain(secret);
  });
});
