import { createDataSource } from '@estoque/domain';
import type { DataSource } from 'typeorm';
import { createDatabase } from '../../../test/support/database.js';
import { barrier } from '../../../test/support/test-shop.js';
import { until } from '../../../test/support/until.js';
import { MonitorClient } from './monitor-client.js';

describe('Every connection', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  const dataSources: DataSource[] = [];
  beforeAll(async () => void (database = await createDatabase()));
  afterAll(async () => {
    for (const dataSource of dataSources) await dataSource.destroy();
    await database.drop();
  });

  const connect = async (options: Parameters<typeof createDataSource>[1]) => {
    const dataSource = await createDataSource(database.url, { poolSize: 1, ...options }).initialize();
    dataSources.push(dataSource);
    return dataSource;
  };
  const NAMES = [
    'lock_timeout',
    'statement_timeout',
    'idle_in_transaction_session_timeout',
    'transaction_timeout',
    'tcp_keepalives_idle',
    'tcp_keepalives_interval',
    'tcp_keepalives_count',
    'tcp_user_timeout',
    'client_connection_check_interval',
  ];
  const settingsOf = async (dataSource: DataSource) => {
    const rows = await dataSource.query<{ name: string; setting: string }[]>(
      'SELECT name, setting FROM pg_settings WHERE name = ANY($1)',
      [NAMES],
    );
    const values = new Map(rows.map(({ name, setting }) => [name, Number(setting)]));
    return NAMES.map((name) => values.get(name));
  };
  const pidOf = async (dataSource: DataSource) => {
    const [row] = await dataSource.query<{ pid: number }[]>('SELECT pg_backend_pid() AS pid');
    return row!.pid;
  };

  it('has the time limits of the session settings, below the time limit of the client', async () => {
    const dataSource = await connect({ queryTimeoutMs: 10_000 });
    expect(await settingsOf(dataSource)).toEqual([400, 9_000, 5_000, 30_000, 5, 2, 3, 10_000, 1_000]);
  });

  it('has no limit for statements and transactions if the client has none, as a migration', async () => {
    const dataSource = await connect({ queryTimeoutMs: 0, lockTimeoutMs: 200 });
    expect(await settingsOf(dataSource)).toEqual([200, 0, 0, 0, 5, 2, 3, 10_000, 1_000]);
  });

  it('has the id of its process, which the rows that it inserts get', async () => {
    const [named, other] = [await connect({ process: 281_474_976_710_654 }), await connect({})];
    const insert = (dataSource: DataSource) =>
      dataSource.query<unknown[]>(
        `WITH placed AS (
           INSERT INTO orders (customer_name, customer_email, locale, currency, total)
           VALUES ('Ana', 'ana@example.com', 'en', 'BRL', 1) RETURNING id
         )
         INSERT INTO order_timeline (order_id, step) SELECT id, 'pending' FROM placed RETURNING process`,
      );
    expect(await insert(named)).toEqual([{ process: 281_474_976_710_654 }]);
    expect(await insert(other)).toEqual([{ process: null }]);
  });

  it('leaves no session that waits on the server when the client gives up', async () => {
    const [holder, app] = [await connect({}), await connect({ queryTimeoutMs: 300, app: 'gives-up' })];
    // Only the cancel request of the client can end the wait.
    for (const name of ['lock_timeout', 'statement_timeout', 'client_connection_check_interval'])
      await app.query(`SET ${name} = 0`);
    const waiting = (client: Pick<typeof holder, 'query'>) =>
      client.query<unknown[]>(
        `SELECT FROM pg_stat_activity WHERE application_name = 'gives-up' AND wait_event_type = 'Lock'`,
      );
    await holder.transaction(async (manager) => {
      await manager.query('SELECT pg_advisory_xact_lock(4711)');
      const query = app.query('SELECT pg_advisory_lock(4711)');
      const failure = expect(query).rejects.toThrow('Query read timeout');
      await until('the query to wait', async () => (await waiting(manager)).length === 1);
      await failure;
      await until('the wait to end', async () => (await waiting(manager)).length === 0, { seconds: 2 });
    });
    expect(await waiting(holder)).toEqual([]);
  });

  it.each([
    ['1s', '55P03', 'the lock timeout'],
    ['50ms', '40P01', 'PostgreSQL'],
  ])('with a deadlock timeout of %s, reports a deadlock as %s: %s ends it', async (timeout, code) => {
    const sessions = [await connect({}), await connect({})];
    for (const session of sessions) await session.query(`SET deadlock_timeout = '${timeout}'`);
    const bothHaveLocked = barrier(2);
    const results = await Promise.allSettled(
      sessions.map((session, index) =>
        session.transaction(async (manager) => {
          const lock = (key: number) => manager.query('SELECT pg_advisory_xact_lock($1)', [key]);
          await lock(index);
          await bothHaveLocked();
          await lock(1 - index);
        }),
      ),
    );
    const codes = results.flatMap((result) =>
      result.status === 'rejected' ? [(result.reason as { code: string }).code] : [],
    );
    expect(new Set(codes)).toEqual(new Set([code]));
  });

  it('is closed, with all others of its pool, when the server accepts no writes', async () => {
    const dataSource = await connect({ poolSize: 2 });
    const write = 'CREATE TEMPORARY TABLE written (id int)';
    const [first, second] = [dataSource.createQueryRunner(), dataSource.createQueryRunner()];
    await Promise.all([first.connect(), second.connect()]);
    const before = (await Promise.all(
      [first, second].map((runner) => runner.query('SELECT pg_backend_pid() AS pid')),
    )) as { pid: number }[][];
    await second.release();
    await first.query('SET default_transaction_read_only = on');
    await expect(first.query('DELETE FROM outbox')).rejects.toMatchObject({ code: '25006' });
    await first.release();
    const pids = before.map(([row]) => row!.pid);
    await until('connections of other sessions', async () => !pids.includes(await pidOf(dataSource)));
    await dataSource.query(write);
    const left = await dataSource.query<unknown[]>('SELECT FROM pg_stat_activity WHERE pid = ANY($1)', [
      pids,
    ]);
    expect(left).toEqual([]);
  });

  describe('of the monitor', () => {
    let monitor: MonitorClient;
    beforeEach(() => (monitor = new MonitorClient(database.url, 'monitored')));
    afterEach(() => monitor.close());

    it('reports a server that accepts no writes, and one that does again', async () => {
      const dataSource = await connect({});
      const name = new URL(database.url).pathname.slice(1);
      await monitor.assertWritable();
      await dataSource.query(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
      await dataSource.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'monitored monitor'`,
      );
      await until('the reason', () =>
        monitor.assertWritable().then(
          () => false,
          (error: { code: string }) => error.code === 'database_read_only',
        ),
      );
      await dataSource.query(`ALTER DATABASE ${name} RESET default_transaction_read_only`);
      await monitor.assertWritable();
    });

    it('finds the session that holds a lock, behind one that waits for it too', async () => {
      const sessions = [
        await connect({ app: 'holder' }),
        await connect({ app: 'other', lockTimeoutMs: 0 }),
        await connect({ app: 'monitored', lockTimeoutMs: 0 }),
      ] as const;
      const [holder, ...waiters] = sessions;
      expect(await monitor.blockingSession()).toBeUndefined();
      let waits: Promise<unknown>[] = [];
      await holder.transaction(async (manager) => {
        await manager.query('SELECT pg_advisory_xact_lock(4712)');
        waits = waiters.map((waiter) =>
          waiter.transaction((waiting) => waiting.query('SELECT pg_advisory_xact_lock(4712)')),
        );
        const [row] = await manager.query<{ pid: number }[]>('SELECT pg_backend_pid() AS pid');
        const found = await until('the blocking session', () => monitor.blockingSession());
        expect(found).toMatchObject({ pid: row!.pid, app: 'holder' });
      });
      await Promise.all(waits);
    });
  });
});
