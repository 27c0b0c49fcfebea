import { sqlClientOf, type SqlClient } from '@estoque/database';
import {
  catalogue,
  createDataSource,
  EXCHANGE,
  ReplayedRefusal,
  UnitOfWork,
  type KeyedRequest,
} from '@estoque/domain';
import {
  DeadLetterCapacity,
  DeadLetterReplay,
  DeadLetters,
  topologyOf,
  type Publisher,
} from '@estoque/messaging';
import { AppError } from '@estoque/platform';
import { DeadLettersService } from '../../apps/api/src/operations/dead-letters.service.js';
import { Proxy } from '../faults/proxy.js';
import { ACTOR, runConcurrently, TestShop } from '../support/test-shop.js';
import { until } from '../support/until.js';

const topology = topologyOf(EXCHANGE, catalogue);
const IDLE_RELAY = { enqueue: () => undefined, ready: false };

/** Uses a real PostgreSQL. The publisher is replaced by one that confirms when the test does. */
describe('The replay of one dead letter with an idempotency key', () => {
  let shop: TestShop;
  let sql: SqlClient;
  let deadLetters: DeadLetters;
  let service: DeadLettersService;
  let id: number;
  /** Ids of the published messages. */
  let published: string[];
  /** The confirm of the broker. */
  let confirm: () => Promise<void>;
  beforeAll(async () => void (shop = await TestShop.open()));
  afterAll(() => shop.close());
  beforeEach(async () => {
    published = [];
    confirm = () => Promise.resolve();
    sql = sqlClientOf(shop.dataSource);
    await sql.query('DELETE FROM dead_letters');
    await sql.query('DELETE FROM idempotency_keys');
    deadLetters = createDeadLetters(sql);
    service = new DeadLettersService(deadLetters, shop.unitOfWork);
    await store();
    [{ id }] = (await sql.query<{ id: number }>('SELECT id FROM dead_letters')) as [{ id: number }];
  });

  function createDeadLetters(client: SqlClient) {
    const publisher = {
      publish: (
        _exchange: string,
        _routingKey: string,
        _body: Buffer,
        { messageId }: { messageId: string },
      ) => {
        published.push(messageId);
        return confirm();
      },
    } as unknown as Publisher;
    const replays = new DeadLetterReplay(client, publisher, topology);
    return new DeadLetters(client, replays, new DeadLetterCapacity(client, 1_000));
  }
  /** Stores the dead letter, or opens it again. */
  const store = () =>
    deadLetters.record({
      queue: 'order_queue',
      routingKey: 'order.created',
      reason: 'bug',
      error: 'failed',
      attempts: 4,
      properties: { messageId: 'message' },
      headers: {},
      body: Buffer.from('body'),
      subject: {},
    });
  const replay = (key: string, { fingerprint = 'equal', by = service } = {}) => {
    const keyed: KeyedRequest = { caller: 'test', key, fingerprint };
    return by.replay(id, { by: 'ana' }, ACTOR, keyed);
  };
  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => 'done',
      (error: unknown) => (error as AppError).code,
    );
  const expireClaim = () =>
    sql.query(`UPDATE dead_letters SET replaying_until = clock_timestamp() - interval '1 ms'`);

  it('has no transaction open while the broker confirms', async () => {
    let confirmLater!: () => void;
    confirm = () => new Promise((resolve) => (confirmLater = resolve));
    const replaying = replay('slow broker');
    await until('the publish', () => published.length === 1);
    const transactions = await sql.query(
      `SELECT query FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'`,
    );
    confirmLater();
    expect((await replaying).body.state).toBe('replayed');
    expect(transactions).toEqual([]);
  });

  it('publishes once if 16 equal requests arrive at once, and answers a repetition from the store', async () => {
    const codes = await runConcurrently(16, () => codeOf(replay('race')));
    expect(published).toEqual(['message']);
    expect(codes).toContain('done');
    for (const code of codes)
      expect(['done', 'dead_letter_replaying', 'idempotency_in_progress']).toContain(code);
    const repetition = await replay('race');
    expect(repetition).toMatchObject({
      replayed: true,
      body: { state: 'replayed', actions: [{ by: 'ana' }] },
    });
    expect(published).toHaveLength(1);
  });

  it.each([
    ['does not arrive', 'before'],
    ['is not answered', 'unanswered'],
  ] as const)('publishes nothing while its claim lasts if its commit %s', async (_case, when) => {
    const url = new URL(shop.url);
    const proxy = await Proxy.start('postgres', Number(url.port), () => undefined);
    url.port = String(proxy.port);
    const dataSource = await createDataSource(url.href, { poolSize: 2 }).initialize();
    try {
      const rule = proxy.addRule({ match: ({ name }) => name === 'commit', when, then: 'cut' });
      const unitOfWork = new UnitOfWork(dataSource, IDLE_RELAY, 'api');
      const cut = new DeadLettersService(createDeadLetters(sqlClientOf(dataSource)), unitOfWork);
      await expect(replay(when, { by: cut })).rejects.toMatchObject({ kind: 'unavailable' });
      expect(rule.hits).toBe(1);
      // The server holds the lock of the key until it notices that the connection is closed.
      const outcome = await until('an outcome', async () => {
        const code = await codeOf(replay(when));
        return code !== 'idempotency_in_progress' && code;
      });
      expect(outcome).toBe(when === 'unanswered' ? 'done' : 'dead_letter_replaying');
      expect(published).toHaveLength(1);
      await expireClaim();
      expect((await replay(when)).body.state).toBe('replayed');
      expect(published).toHaveLength(when === 'unanswered' ? 1 : 2);
    } finally {
      await dataSource.destroy();
      await proxy.stop();
    }
  });

  it('publishes nothing if its answer is stored, also if the dead letter is open again', async () => {
    await replay('stored');
    await store();
    expect(await replay('stored')).toMatchObject({ replayed: true, body: { state: 'replayed' } });
    expect(await codeOf(replay('stored', { fingerprint: 'other' }))).toBe('idempotency_key_reused');
    expect(published).toHaveLength(1);
    expect((await deadLetters.get(id)).state).toBe('open');
  });

  it('stores a refusal, but none that ends with the claim of another replay', async () => {
    const crashed = new DeadLetterReplay(sql, {} as Publisher, topology);
    await crashed.claimOne(id);
    expect(await codeOf(replay('claimed'))).toBe('dead_letter_replaying');
    await expireClaim();
    expect(await codeOf(replay('claimed'))).toBe('done');
    expect(await codeOf(replay('closed'))).toBe('dead_letter_closed');
    await store();
    await expect(replay('closed')).rejects.toBeInstanceOf(ReplayedRefusal);
    expect(published).toHaveLength(1);
  });

  it('stores nothing while the broker is unavailable', async () => {
    confirm = () => Promise.reject(new AppError('unavailable', 'broker_unavailable', 'stopped'));
    expect(await codeOf(replay('outage'))).toBe('broker_unavailable');
    expect((await deadLetters.get(id)).state).toBe('open');
    confirm = () => Promise.resolve();
    expect(await replay('outage')).not.toHaveProperty('replayed');
  });
});
