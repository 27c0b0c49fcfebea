import type { DataSource } from 'typeorm';
import { createDatabase } from '../../../../test/support/database.js';
import { createIndexesConcurrently } from './concurrent-indexes.js';
import { createDataSource } from './data-source.js';
import { migrate } from './migrations.js';

/** Reads the schema that the migrations created from the catalogs of PostgreSQL. */
async function readSchema(dataSource: DataSource) {
  const list = async (sql: string) =>
    (await dataSource.query<{ line: string }[]>(sql)).map(({ line }) => line);
  const ownTables = `IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname <> 'migrations')`;
  return {
    tables: await list(
      `SELECT concat_ws(' ', relname, reloptions) AS line FROM pg_class
       WHERE relkind = 'r' AND oid ${ownTables} ORDER BY 1`,
    ),
    columns: await list(
      `SELECT concat_ws(' ', attrelid::regclass, attname, format_type(atttypid, atttypmod), attidentity,
                        CASE WHEN attnotnull THEN 'NOT NULL' END, pg_get_expr(adbin, adrelid)) AS line
       FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid AND relkind = 'r'
            LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
       WHERE attrelid ${ownTables} AND attnum > 0 AND NOT attisdropped ORDER BY attrelid::regclass::text, attnum`,
    ),
    constraints: await list(
      `SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS line
       FROM pg_constraint WHERE conrelid ${ownTables} ORDER BY 1`,
    ),
    indexes: await list(
      `SELECT indexdef AS line FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'migrations' ORDER BY 1`,
    ),
    triggers: await list(
      `SELECT pg_get_triggerdef(oid) AS line FROM pg_trigger WHERE tgrelid ${ownTables} AND NOT tgisinternal ORDER BY 1`,
    ),
    functions: await list(
      `SELECT pg_get_functiondef(oid) AS line FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1`,
    ),
  };
}

/**
 * Constraints, indexes and defaults are defined only in the migrations. TypeORM would also rename the foreign keys, and
 * needs a primary key for each entity; `stock` has none (docs/adr/0021).
 */
const ONLY_IN_SQL =
  /^DROP INDEX|^ALTER TABLE \S+ (DROP CONSTRAINT|ADD CONSTRAINT "(FK|PK)_|ALTER COLUMN \S+ DROP DEFAULT)/;

describe('Database migrations', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let dataSource: DataSource;
  beforeAll(async () => {
    database = await createDatabase();
    dataSource = await createDataSource(database.url).initialize();
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const migrationNames = () => dataSource.migrations.map(({ name }) => name);
  const undoAll = async () => {
    for (let remaining = dataSource.migrations.length; remaining > 0; remaining--)
      await dataSource.undoLastMigration({ transaction: 'each' });
  };

  it('can be undone completely, and then create the same schema again', async () => {
    const before = await readSchema(dataSource);
    for (const lines of Object.values(before)) expect(lines.length).toBeGreaterThan(0);

    await undoAll();
    for (const lines of Object.values(await readSchema(dataSource))) expect(lines).toEqual([]);

    expect(await migrate(database.url)).toEqual(migrationNames());
    expect(await readSchema(dataSource)).toEqual(before);
  });

  it('can be undone with orders in later statuses and sales that a cancellation has undone', async () => {
    await dataSource.query(
      `WITH product AS (
         INSERT INTO products (sku, name, price, currency) VALUES ('P-1', 'Café', 100, 'BRL') RETURNING id
       ), placed AS (
         INSERT INTO orders (customer_name, customer_email, locale, currency, total, status, shipment_status, cancellation)
         SELECT 'Ana', 'ana@example.com', 'en', 'BRL', 100, status, shipment_status, cancellation
         FROM (VALUES ('awaiting_payment', NULL, NULL), ('shipped', 'shipped', NULL), ('cancelled', NULL, 'requested'))
              AS placed (status, shipment_status, cancellation)
         RETURNING id, status
       ), line AS (
         INSERT INTO order_lines (order_id, position, product_id, sku, name, quantity, unit_price)
         SELECT placed.id, 1, product.id, 'P-1', 'Café', 1, 100 FROM product, placed RETURNING order_id, product_id
       ), reservation AS (
         INSERT INTO reservations (order_id, product_id, quantity, status)
         SELECT order_id, product_id, 1, 'committed' FROM line
       )
       INSERT INTO movements (product_id, order_id, kind, quantity, balance_after, reason)
       SELECT product.id, placed.id, kind, quantity, 1 + quantity, 'test' FROM product, placed,
         (VALUES ('sale', -1), ('cancellation', 1)) AS movement (kind, quantity) WHERE status = 'cancelled'`,
    );
    const read = async () => ({
      orders: await dataSource.query<object[]>('SELECT status FROM orders ORDER BY id'),
      movements: await dataSource.query<object[]>('SELECT kind, quantity FROM movements ORDER BY id'),
    });
    while (
      (await dataSource.query<unknown[]>(`SELECT FROM migrations WHERE name = 'OrderLife1766010000000'`))
        .length > 0
    )
      await dataSource.undoLastMigration({ transaction: 'each' });
    const undone = {
      orders: [{ status: 'reserved' }, { status: 'processed' }, { status: 'cancelled' }],
      movements: [
        { kind: 'adjustment', quantity: -1 },
        { kind: 'adjustment', quantity: 1 },
      ],
    };
    expect(await read()).toEqual(undone);
    await migrate(database.url);
    expect(await read()).toEqual(undone);
  });

  it('run once if five processes start them concurrently', async () => {
    await undoAll();
    const migrated = await Promise.all(Array.from({ length: 5 }, () => migrate(database.url)));
    expect(migrated.flat()).toEqual(migrationNames());
  });

  it('restore the lock timeout of the connection if an index cannot be created', async () => {
    const runner = dataSource.createQueryRunner();
    const index = { name: 'orders_sample_index', on: 'orders (no_such_column)' };
    await expect(createIndexesConcurrently(runner, [index])).rejects.toThrow('no_such_column');
    expect(await runner.query('SHOW lock_timeout')).toEqual([{ lock_timeout: '400ms' }]);
    await runner.release();
  });

  it('match the entities: tables, columns, types and nullability', async () => {
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    const differences = upQueries.map(({ query }) => query).filter((query) => !ONLY_IN_SQL.test(query));
    expect(differences).toEqual([]);
  });
});
