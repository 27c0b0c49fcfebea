import type { DataSource } from 'typeorm';
import { createDatabase } from '../../../test/support/database.js';
import { createDataSource } from '@estoque/domain';
import { poolConnectionsOf } from './adapters/pool-connections.js';

describe('The connections of a pool of two', () => {
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

  it.each(['opened for it', 'kept open'])('keep nobody waiting who has one in a moment, %s', async () => {
    const queries = [dataSource.query('SELECT 1'), dataSource.query('SELECT 1')];
    expect(poolConnectionsOf(dataSource).waiting).toBe(0);
    await Promise.all(queries);
  });

  it('keep waiting whom none is left for, until one is given back', async () => {
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
  ])('read a list of %s as it was given: %j', async (type, list) => {
    expect(await dataSource.query(`SELECT $1::${type}[] AS list`, [list])).toEqual([{ list }]);
  });
});
