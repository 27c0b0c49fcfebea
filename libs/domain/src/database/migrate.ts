import { EnvironmentError, environmentSchema, readVariables } from '@estoque/platform';
import 'reflect-metadata';
import { migrate } from './migrations.js';

// `npm run migrate`: a step of its own before a roll-out.
try {
  const { DATABASE_URL } = readVariables(environmentSchema.pick({ DATABASE_URL: true }));
  const done = await migrate(DATABASE_URL);
  process.stdout.write(
    done.length > 0 ? done.map((name) => `migrated: ${name}\n`).join('') : 'migrated: nothing to do\n',
  );
} catch (error) {
  const faults =
    error instanceof EnvironmentError ? error.problems : [(error as Error).message || String(error)];
  for (const fault of faults) process.stderr.write(`migrate: ${fault}\n`);
  process.exitCode = 1;
}
