import { EnvironmentError, environmentSchema, readVariables } from '@estoque/platform';
import 'reflect-metadata';
import { migrate } from './migrations.js';

// `npm run migrate`: a deployment runs it once, before it replaces any process.
try {
  const { DATABASE_URL } = readVariables(environmentSchema.pick({ DATABASE_URL: true }));
  const migrations = await migrate(DATABASE_URL, {
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
