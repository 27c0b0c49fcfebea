import {
  applyPrivileges,
  ensureLogin,
  MIGRATION_LOCK_TIMEOUT_MS,
  runMigrations,
  type MigrationOptions,
} from '@estoque/database';
import { createDataSource } from './data-source.js';
import { PRIVILEGES, roleOf } from './privileges.js';

interface MigrateOptions extends Omit<MigrationOptions, 'finish'> {
  /** Database URLs of apps, by app: their users are created if necessary, and get the passwords of the URLs. */
  appUrls?: Record<string, string | undefined>;
}

/**
 * Runs all pending migrations, and gives the roles of the apps exactly the privileges of `PRIVILEGES`.
 *
 * @returns the names of the migrations that ran
 */
export async function migrate(
  url: string,
  { appUrls = {}, ...options }: MigrateOptions = {},
): Promise<string[]> {
  // A migration may build an index on a large table, so there is no time limit.
  const limits = { queryTimeoutMs: 0, lockTimeoutMs: MIGRATION_LOCK_TIMEOUT_MS };
  const dataSource = await createDataSource(url, { poolSize: 2, app: 'migrate', ...limits }).initialize();
  const { log = () => undefined } = options;
  try {
    return await runMigrations(dataSource, {
      ...options,
      async finish(connection) {
        for (const problem of await applyPrivileges(connection, PRIVILEGES)) log(problem);
        for (const [app, appUrl] of Object.entries(appUrls))
          if (appUrl && (await ensureLogin(connection, { url: appUrl, role: roleOf(app) })))
            log(`the user of ${app} can log in`);
      },
    });
  } finally {
    await dataSource.destroy();
  }
}
