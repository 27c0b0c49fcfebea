import { createDataSource, UnitOfWork } from '@estoque/domain';
import { environmentSchema, readVariables } from '@estoque/platform';
import 'reflect-metadata';
import { ApiKeysService } from './api-keys.service.js';
import { ROLE_NAMES } from './scopes.js';

// Creates one API key for each role in the database of DATABASE_URL, and prints them as JSON. `npm start` and
// `npm run infra` run it. The keys of an earlier run are revoked.

const CUSTOMER_EMAIL = 'ana@example.com';
const ACTOR = { id: 'npm start', address: null };

const { DATABASE_URL } = readVariables(environmentSchema.pick({ DATABASE_URL: true }));
const dataSource = await createDataSource(DATABASE_URL).initialize();
try {
  const unitOfWork = new UnitOfWork(dataSource, { enqueue: () => undefined, ready: false }, 'api');
  const keys = new ApiKeysService(unitOfWork);
  const created: Record<string, string> = {};
  for (const role of ROLE_NAMES) {
    const customer_email = role === 'customer' ? CUSTOMER_EMAIL : undefined;
    const { key } = await keys.replace({ name: `development: ${role}`, role, customer_email }, ACTOR);
    created[role] = key;
  }
  process.stdout.write(JSON.stringify(created));
} finally {
  await dataSource.destroy();
}
