import { createDataSource } from '@estoque/domain';
import type { DataSource } from 'typeorm';
import { Proxy } from '../../../../test/faults/proxy.js';
import { createDatabase } from '../../../../test/support/database.js';
import { until } from '../../../../test/support/until.js';
import { OutcomeUnknown } from '../database.errors.js';
import { sqlClientOf } from '../sql-client.js';

describe('The outcome of a write', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let proxy: Proxy;
  let direct: DataSource;
  let dataSource: DataSource;
  beforeAll(async () => {
    database = await createDatabase();
    direct = await createDataSource(database.url).initialize();
    await direct.query("CREATE TABLE written (name text CHECK (name <> 'refused'))");
    await direct.query(
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'deferred'; END $$`,
    );
    await direct.query(
      `CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON written DEFERRABLE INITIALLY DEFERRED
       FOR EACH ROW WHEN (NEW.name = 'refused at the commit') EXECUTE FUNCTION refuse()`,
    );
    const url = new URL(database.url);
    proxy = await Proxy.start('postgres', Number(url.port), () => undefined);
    url.port = String(proxy.port);
    dataSource = await createDataSource(url.href, { queryTimeoutMs: 2_000 }).initialize();
  });
  afterAll(async () => {
    await dataSource.destroy();
    await direct.destroy();
    await proxy.stop();
    await database.drop();
  });

  const insert = 'INSERT INTO written VALUES ($1)';
  const write = (name: string) => dataSource.transaction((manager) => manager.query(insert, [name]));
  const isStored = async (name: string) =>
    (await direct.query<unknown[]>('SELECT FROM written WHERE name = $1', [name])).length > 0;
  const driverErrorOf = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => 'succeeded',
      (error: { driverError?: unknown }) => error.driverError ?? error,
    );

  it('is unknown if the connection is lost after the commit was sent', async () => {
    proxy.addRule({ match: ({ name }) => name === 'commit', when: 'unanswered', then: 'cut' });
    expect(await driverErrorOf(write('cut'))).toBeInstanceOf(OutcomeUnknown);
    expect(await isStored('cut')).toBe(true);
  });

  it('is unknown if the commit is not answered within the time limit', async () => {
    const stopListening = proxy.onStep(({ name }) => name === 'commit' && proxy.silence());
    expect(await driverErrorOf(write('silent'))).toBeInstanceOf(OutcomeUnknown);
    stopListening();
    proxy.endSilence();
    proxy.closeSilentConnections();
  });

  it('is unknown if the connection is lost during a write outside of a transaction', async () => {
    const statement = `INSERT INTO written SELECT 'alone' FROM pg_sleep(5)`;
    const sql = sqlClientOf(dataSource);
    const written = expect(sql.query(statement)).rejects.toBeInstanceOf(OutcomeUnknown);
    await until('the statement to run', async () => {
      const running = `SELECT FROM pg_stat_activity WHERE query = $1 AND state = 'active'`;
      return (await direct.query<unknown[]>(running, [statement])).length === 1;
    });
    proxy.cutConnections();
    await written;
  });

  it('is known if the connection is lost before the commit was sent', async () => {
    const lost = dataSource.transaction(async (manager) => {
      await manager.query(insert, ['not sent']);
      await manager.query('SELECT pg_terminate_backend(pg_backend_pid())');
    });
    expect(await driverErrorOf(lost)).toMatchObject({ code: '57P01' });
    expect(await isStored('not sent')).toBe(false);
  });

  it.each(['refused', 'refused at the commit'])('is known if the server answers: %s', async (name) => {
    const error = await driverErrorOf(write(name));
    expect(error).toHaveProperty('code');
    expect(error).not.toBeInstanceOf(OutcomeUnknown);
    expect(await isStored(name)).toBe(false);
  });

  it('is an error if the server rolls back instead of committing', async () => {
    const result = dataSource.transaction(async (manager) => {
      await manager.query(insert, ['before a failure']);
      await manager.query('SELECT 1 / 0').catch(() => undefined);
    });
    await expect(result).rejects.toThrow('rolled back instead of committed');
  });

  it('has the cause of the first failure for all statements that were sent together', async () => {
    const outcomes = await dataSource
      .transaction((manager) =>
        Promise.allSettled([
          manager.query('SELECT 1 / 0'),
          manager.query('SELECT 1'),
          manager.query('SELECT 2'),
        ]),
      )
      .catch((error: unknown) => (error as { driverError: { cause: unknown } }).driverError.cause);
    // The commit fails as well; its cause is the same.
    expect(outcomes).toMatchObject({ code: '22012' });
    const failed: unknown[] = [];
    const runner = dataSource.createQueryRunner();
    await runner.startTransaction();
    const statements = ['SELECT 1 / 0', 'SELECT 1'].map((sql) =>
      runner.query(sql).catch((error: { code: string }) => failed.push(error.code)),
    );
    await Promise.all(statements);
    await runner.rollbackTransaction();
    await runner.release();
    expect(failed).toEqual(['22012', '22012']);
  });

  describe('with a synchronous standby that does not respond', () => {
    // The test server has synchronous_commit off: this affects only sessions that switch it on.
    const setStandby = async (name: string) => {
      await direct.query(`ALTER SYSTEM SET synchronous_standby_names = '${name}'`);
      await direct.query('SELECT pg_reload_conf()');
    };
    beforeAll(() => setStandby('absent'));
    afterAll(() => setStandby(''));

    const commitUnreplicated = (name: string) =>
      dataSource.transaction(async (manager) => {
        await manager.query('SET LOCAL synchronous_commit = on');
        await manager.query(insert, [name]);
      });

    it.each([
      ['cancels the commit: the server answers it with success', 'pg_cancel_backend', /was not replicated/],
      ['terminates the session', 'pg_terminate_backend', /terminated/],
    ])('is unknown if an administrator %s', async (_what, action, cause) => {
      let written = driverErrorOf(commitUnreplicated(action));
      await until('the commit to wait', async () => {
        // PostgreSQL applies the setting a moment after the reload.
        const isEarly = (await Promise.race([written, Promise.resolve('waits')])) === 'succeeded';
        if (isEarly) written = driverErrorOf(commitUnreplicated(action));
        const stopped = await direct.query<unknown[]>(
          `SELECT ${action}(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'SyncRep'`,
        );
        return stopped.length > 0;
      });
      const outcome = await written;
      expect(outcome).toBeInstanceOf(OutcomeUnknown);
      expect((outcome as { cause: Error }).cause.message).toMatch(cause);
      expect(await isStored(action)).toBe(true);
      // Later commits succeed, on the same connection or a new one.
      await write(`after ${action}`);
    });
  });
});
