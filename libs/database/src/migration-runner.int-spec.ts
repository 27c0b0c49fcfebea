import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import { createDatabase } from '../../../test/support/database.js';
import { createPostgresDataSource } from './data-source.js';
import { MIGRATION_LOCK_TIMEOUT_MS, runMigrations } from './migration-runner.js';

class AddColumn1900000000000 implements MigrationInterface {
  name = 'AddColumn1900000000000';
  up(queryRunner: QueryRunner) {
    return queryRunner.query('ALTER TABLE products ADD COLUMN added integer');
  }
  down(queryRunner: QueryRunner) {
    return queryRunner.query('ALTER TABLE products DROP COLUMN added');
  }
}

describe('A migration that needs a lock which another session holds', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let migrating: DataSource;
  let app: DataSource;
  beforeAll(async () => {
    database = await createDatabase();
    const schema = { entities: [], migrations: [AddColumn1900000000000] };
    const limits = { queryTimeoutMs: 0, lockTimeoutMs: MIGRATION_LOCK_TIMEOUT_MS };
    migrating = await createPostgresDataSource(database.url, schema, { poolSize: 2, ...limits }).initialize();
    app = await createPostgresDataSource(database.url, { entities: [] }).initialize();
  });
  afterAll(async () => {
    await migrating.destroy();
    await app.destroy();
    await database.drop();
  });

  it('lets other statements through, tries again, and runs when the lock is free', async () => {
    const waits: string[] = [];
    let migrated: Promise<string[]>;
    await app.transaction(async (holder) => {
      await holder.query('SELECT FROM products');
      migrated = runMigrations(migrating, { log: (text) => waits.push(text) });
      // Each of these would fail with a lock timeout if the ALTER TABLE waited for longer than they do.
      while (waits.length < 2) await app.query('SELECT count(*) FROM products');
    });
    expect(await migrated!).toEqual(['AddColumn1900000000000']);
    expect(waits[0]).toMatch(/waiting for a lock, next try in 500 ms: .*lock timeout/);
    await app.query('SELECT added FROM products');
  });

  it('logs that it waits for another process that migrates, and gives up after the maximum', async () => {
    const waits: string[] = [];
    await app.transaction(async (holder) => {
      await holder.query('SELECT pg_advisory_xact_lock(7346001)');
      const failed = runMigrations(migrating, { log: (text) => waits.push(text), maxWaitMs: 700 });
      await expect(failed).rejects.toThrow('the lock of another migration');
    });
    expect(waits).toHaveLength(1);
    expect(await runMigrations(migrating)).toEqual([]);
  });
});
