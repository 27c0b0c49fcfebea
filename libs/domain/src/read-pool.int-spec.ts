import { AppError, createLogger, HealthChecks, kindOf, Metrics, type Environment } from '@estoque/platform';
import { runConcurrently, TestShop } from '../../../test/support/test-shop.js';
import { until } from '../../../test/support/until.js';
import { ReadPool } from './read-pool.js';

describe('ReadPool', () => {
  let shop: TestShop;
  let pool: ReadPool;
  const health = new HealthChecks();
  beforeAll(async () => {
    shop = await TestShop.open({ workers: 2 });
    const environment = {
      DATABASE_URL: shop.url,
      DATABASE_READ_POOL_SIZE: 2,
      DATABASE_READ_TIMEOUT_MS: 1_000,
      DATABASE_READ_QUEUE: 3,
    } as Environment;
    const logger = createLogger('test', { LOG_LEVEL: 'silent' });
    pool = new ReadPool(environment, 'test', logger, new Metrics(), health, shop.unitOfWork);
  });
  afterAll(async () => {
    await pool.onApplicationShutdown();
    await shop.close();
  });

  const listMails = async () => shop.unitOfWork.read.notifications.list({ limit: 1 });

  it('keeps the process from being ready and from getting requests until it is connected', async () => {
    const [[name, probe] = []] = health.entries();
    expect(name).toBe('reads');
    expect(probe).toThrow('not connected yet');
    expect(health.refusalReasons).toEqual({ reads: 'not connected yet' });
    expect(() => shop.unitOfWork.read).toThrow('not connected yet');
    pool.onApplicationBootstrap();
    await until('the pool to be connected', () => shop.unitOfWork.read);
    expect(probe).not.toThrow();
    await until('requests to be accepted', () => Object.keys(health.refusalReasons).length === 0);
  });

  it('ends slow reads after its time limit, refuses those that exceed the queue, and delays no order', async () => {
    const session = shop.dataSource.createQueryRunner();
    await session.startTransaction();
    await session.query('LOCK TABLE notifications IN ACCESS EXCLUSIVE MODE');
    const reads = runConcurrently(50, () => listMails().catch((error: Error) => error));
    const product_id = await shop.createProduct(5);
    await shop.createOrder([{ product_id, quantity: 1 }]);
    const errors = (await reads) as (Error & { code?: string })[];
    expect(errors.map(kindOf)).toEqual(errors.map(() => 'unavailable'));
    const refused = errors.filter((error) => error instanceof AppError && error.code === 'overloaded');
    expect(refused).toHaveLength(50 - 2 - 3);
    await session.rollbackTransaction();
    await session.release();
    await until('a read to succeed', async () => (await listMails()).length === 0);
  });
});
