import type { DataSource } from 'typeorm';
import { createDatabase } from '../../../test/support/database.js';
import { createDataSource } from '@estoque/domain';
import { poolConnectionsOf } from './adapters/pool-connections.js';

describe('A data source with a pool of two connections', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let dataSource: DataSource;
  beforeAll(async () => {
    database = await createDatabase();
    dataSource = await createDataSource(database.url, { poolSize: 2 }).initialize();
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  it.each(['a new', 'an idle'])(
    'counts no caller as waiting that gets %s connection a moment later',
    async () => {
      const queries = [dataSource.query('SELECT 1'), dataSource.query('SELECT 1')];
      expect(poolConnectionsOf(dataSource).waiting).toBe(0);
      await Promise.all(queries);
    },
  );

  it('counts a caller as waiting while all connections are busy', async () => {
    const runners = [dataSource.createQueryRunner(), dataSource.createQueryRunner()];
    await Promise.all(runners.map((runner) => runner.connect()));
    const third = dataSource.query('SELECT 1');
    expect(poolConnectionsOf(dataSource)).toEqual({ idle: 0, busy: 2, waiting: 1 });
    await runners[0]!.release();
    await third;
    expect(poolConnectionsOf(dataSource)).toEqual({ idle: 1, busy: 1, waiting: 0 });
    await runners[1]!.release();
  });

  it.each([
    ['bigint', [1, -2, Number.MAX_SAFE_INTEGER]],
    ['float8', [0.5, 1e300]],
    ['bigint', []],
    ['bigint', [1, null]],
    ['text', ['a"b', 'c\\d', '{e,f}', null]],
  ])('returns a list of %s unchanged: %j', async (type, list) => {
    expect(await dataSource.query(`SELECT $1::${type}[] AS list`, [list])).toEqual([{ list }]);
  });
});
