import { createDataSource, UnitOfWork } from '@estoque/domain';
import { environmentSchema, readVariables } from '@estoque/platform';
import 'reflect-metadata';
import { generateApiKey, hashOf, shownPartOf } from './api-key.js';
import { ROLE_NAMES, ROLES } from './scopes.js';

// Creates one API key for each role in the database of DATABASE_URL, and prints them as JSON. `npm start` and
// `npm run infra` run it. The keys of an earlier run are revoked.

const CUSTOMER_EMAIL = 'ana@example.com';

const { DATABASE_URL } = readVariables(environmentSchema.pick({ DATABASE_URL: true }));
const dataSource = await createDataSource(DATABASE_URL).initialize();
try {
  const unitOfWork = new UnitOfWork(dataSource, { enqueue: () => undefined, ready: false }, 'api');
  const keys = await unitOfWork.inTransaction(async ({ apiKeys }) => {
    const created: Record<string, string> = {};
    for (const role of ROLE_NAMES) {
      const name = `development: ${role}`;
      const key = (created[role] = generateApiKey());
      await apiKeys.revokeNamed(name);
      await apiKeys.create({
        hash: hashOf(key),
        prefix: shownPartOf(key),
        name,
        scopes: [...ROLES[role]],
        customer_email: role === 'customer' ? CUSTOMER_EMAIL : null,
        created_by: 'npm start',
        expires_at: null,
      });
    }
    return created;
  });
  process.stdout.write(JSON.stringify(keys));
} finally {
  await dataSource.destroy();
}
