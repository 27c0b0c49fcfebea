import type { DataSource } from 'typeorm';
import { createDatabase } from '../../../test/support/database.js';
import { serverUrl } from '../../../test/support/environment.js';
import { createPostgresDataSource } from './data-source.js';
import { applyPrivileges } from './privileges.js';

describe('applyPrivileges', () => {
  const role = `role_${crypto.randomUUID().replaceAll('-', '')}`;
  const user = `${role}_user`;
  let databases: Awaited<ReturnType<typeof createDatabase>>[];
  let dataSources: DataSource[];
  const open = (url: string) => createPostgresDataSource(url, { entities: [] }, { poolSize: 1 }).initialize();
  beforeAll(async () => {
    databases = await Promise.all(Array.from({ length: 4 }, () => createDatabase()));
    dataSources = await Promise.all(databases.map(({ url }) => open(url)));
    await dataSources[0]!.query(`CREATE ROLE ${user} LOGIN PASSWORD 'secret'`);
  });
  afterAll(async () => {
    for (const dataSource of dataSources) await dataSource.destroy();
    for (const database of databases) await database.drop();
    const server = await open(serverUrl('DATABASE'));
    for (const name of [role, user]) await server.query(`DROP ROLE IF EXISTS ${name}`);
    await server.destroy();
  });

  const apply = async (dataSource: DataSource) => {
    const runner = dataSource.createQueryRunner();
    try {
      return await applyPrivileges(runner, { orders: { [role]: ['SELECT'] } });
    } finally {
      await runner.release();
    }
  };

  it('reports a role that does not exist and that the user may not create, and grants it nothing', async () => {
    const url = new URL(databases[0]!.url);
    url.username = user;
    url.password = 'secret';
    const limited = await open(url.href);
    expect(await apply(limited)).toEqual([expect.stringContaining(`the role ${role} does not exist`)]);
    await limited.destroy();
  });

  it('creates a role once if the migrations of several databases of one server run at the same time', async () => {
    for (const problems of await Promise.all(dataSources.map(apply))) expect(problems).toEqual([]);
    for (const dataSource of dataSources) {
      const [granted] = await dataSource.query<{ can_read: boolean; sees_sessions: boolean }[]>(
        `SELECT has_table_privilege($1, 'orders', 'SELECT') AS can_read,
                pg_has_role($1, 'pg_read_all_stats', 'USAGE') AS sees_sessions`,
        [role],
      );
      expect(granted).toEqual({ can_read: true, sees_sessions: true });
    }
  });
});
