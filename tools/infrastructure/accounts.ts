import { createHmac } from 'node:crypto';
import { query } from './postgres.js';

// The users that the apps log in as, on servers that the launcher, a test or a benchmark has started.

/**
 * @param adminUrl URL of the database as the owner of its tables
 * @returns the URL of the database as the user of the app; the migrations create this user if they get the URL
 */
export const databaseUrlOf = (app: string, adminUrl: string) =>
  withUser(adminUrl, `estoque_${app.replaceAll('-', '_')}_login`);

/** The environment from which the migrations create the users of these apps: ORDER_WORKER_DATABASE_URL and so on. */
export const databaseUrls = (apps: readonly string[], adminUrl: string): Record<string, string> =>
  Object.fromEntries(
    apps.map((app) => [
      `${app.replaceAll('-', '_').toUpperCase()}_DATABASE_URL`,
      databaseUrlOf(app, adminUrl),
    ]),
  );

const DEVELOPER = 'estoque_developer_login';

/**
 * Creates the user for people: it reads and writes every table, sees and ends all sessions, and changes no schema.
 *
 * @param adminUrl URL of the database as a superuser
 * @returns the URL of the database as this user
 */
export async function ensureDeveloper(adminUrl: string): Promise<string> {
  const url = withUser(adminUrl, DEVELOPER);
  const exists = await query(adminUrl, `SELECT 1 FROM pg_roles WHERE rolname = '${DEVELOPER}'`);
  await query(
    adminUrl,
    `${exists.length > 0 ? 'ALTER' : 'CREATE'} ROLE ${DEVELOPER} LOGIN PASSWORD '${new URL(url).password}';
     GRANT pg_read_all_data, pg_write_all_data, pg_monitor, pg_signal_backend TO ${DEVELOPER};
     GRANT USAGE ON SCHEMA public TO ${DEVELOPER}`,
  );
  return url;
}

/**
 * The password is derived from that of the administrator: every process that knows the latter finds the same one, and
 * none has to be stored.
 */
export function withUser(adminUrl: string, user: string): string {
  const url = new URL(adminUrl);
  const password = createHmac('sha256', decodeURIComponent(url.password)).update(user).digest('base64url');
  url.username = user;
  url.password = password;
  return url.href;
}
