import { EnvironmentError, environmentSchema, readVariables } from '@estoque/platform';
import 'reflect-metadata';
import { migrate } from './migrations.js';
import { APPS_WITH_ROLES } from './privileges.js';

// `npm run migrate`: a deployment runs it once, before it replaces any process.

/** Name of the variable with the DATABASE_URL of an app, such as ORDER_WORKER_DATABASE_URL. */
const variableOf = (app: string) => `${app.replaceAll('-', '_').toUpperCase()}_DATABASE_URL`;

const databaseUrl = environmentSchema.shape.DATABASE_URL;
const schema = environmentSchema
  .pick({ DATABASE_URL: true })
  .extend(Object.fromEntries(APPS_WITH_ROLES.map((app) => [variableOf(app), databaseUrl.optional()])));

try {
  const variables = readVariables(schema) as Record<string, string | undefined> & { DATABASE_URL: string };
  const { DATABASE_URL } = variables;
  const appUrls = Object.fromEntries(APPS_WITH_ROLES.map((app) => [app, variables[variableOf(app)]]));
  const migrations = await migrate(DATABASE_URL, {
    appUrls,
    log: (text) => process.stderr.write(`migrate: ${text}\n`),
  });
  process.stdout.write(
    migrations.length > 0
      ? migrations.map((name) => `migrated: ${name}\n`).join('')
      : 'migrated: nothing to do\n',
  );
} catch (error) {
  const problems =
    error instanceof EnvironmentError ? error.problems : [(error as Error).message || String(error)];
  for (const problem of problems) process.stderr.write(`migrate: ${problem}\n`);
  process.exitCode = 1;
}
