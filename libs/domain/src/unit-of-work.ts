import { Outbox, type OutboxRelay, type SqlClient, type StoredEvents } from '@estoque/messaging';
import { AppError, traceLinks, inSpan, isTraced, type SpanStart } from '@estoque/platform';
import { SpanKind } from '@opentelemetry/api';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource, EntityManager } from 'typeorm';
import { catalogue } from './events/catalogue.js';
import { NotificationRepository } from './notification/notification.repository.js';
import { OpenOrderRepository } from './order/open-order.repository.js';
import { OrderRepository } from './order/order.repository.js';
import { OrderDetailsRepository } from './order/order-details.repository.js';
import { ProductRepository } from './product/product.repository.js';
import { RetentionRepository } from './retention/retention.repository.js';
import { StockRepository } from './stock/stock.repository.js';
import { TransactionCounters } from './transaction-counters.js';

/** All repositories, reading and writing through one connection. */
export class Repositories {
  readonly orders: OrderRepository;
  readonly openOrders: OpenOrderRepository;
  readonly orderDetails: OrderDetailsRepository;
  readonly products: ProductRepository;
  readonly stock: StockRepository;
  readonly notifications: NotificationRepository;
  readonly retention: RetentionRepository;

  constructor(manager: EntityManager, counters = new TransactionCounters()) {
    this.orders = new OrderRepository(manager, counters);
    this.openOrders = new OpenOrderRepository(manager);
    this.orderDetails = new OrderDetailsRepository(manager);
    this.products = new ProductRepository(manager);
    this.stock = new StockRepository(manager);
    this.notifications = new NotificationRepository(manager);
    this.retention = new RetentionRepository(manager);
  }
}

/** What a transaction may do: change things, and announce that it did. */
export type Transaction = Repositories & { outbox: Outbox<typeof catalogue> };

/** Deadlock and serialization failure: nothing was done, and the same work will do a moment later. */
const RETRY_AT_ONCE = new Set(['40P01', '40001']);
const TRIES = 5;

/** The one place that opens transactions. */
export class UnitOfWork {
  constructor(
    private readonly dataSource: DataSource,
    private readonly relay: Pick<OutboxRelay, 'enqueue' | 'ready'>,
    private readonly app: string,
    /** Told what a transaction did, once it is committed. */
    private readonly count: (counters: TransactionCounters) => void = () => undefined,
  ) {}

  /** Runs `work` in one transaction: all of it is stored and its events announced, or none. It may run more than once. */
  inTransaction<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    // What a sweep looks for by itself is nobody's trace.
    return isTraced() ? inSpan(transactionSpan, () => this.tried(work)) : this.tried(work);
  }

  /** For reading: no transaction. */
  get read(): Repositories {
    assertConnected(this.dataSource);
    return new Repositories(this.dataSource.manager);
  }

  private async tried<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.once(work);
      } catch (error) {
        if (attempt === TRIES || !RETRY_AT_ONCE.has((error as { code: string }).code)) throw error;
        await sleep(Math.random() * 20 * attempt);
      }
    }
  }

  private async once<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    assertConnected(this.dataSource);
    let announced: StoredEvents = { leased: [], waiting: false };
    const counters = new TransactionCounters();
    const result = await this.dataSource.transaction(async (manager) => {
      const outbox = new Outbox(catalogue, this.app);
      const done = await work(Object.assign(new Repositories(manager, counters), { outbox }));
      announced = await outbox.store(manager, this.relay.ready);
      return done;
    });
    this.count(counters);
    this.relay.enqueue(announced);
    return result;
  }
}

/** A transaction of many messages is part of no one's trace: it links them all. */
function transactionSpan(): SpanStart {
  const links = traceLinks();
  return {
    name: 'transaction',
    kind: SpanKind.CLIENT,
    links,
    attributes: {
      'db.system.name': 'postgresql',
      ...(links.length > 0 && { 'db.operation.batch.size': links.length }),
    },
  };
}

/** SQL of a data source for those who have no repositories: messaging. */
export function sqlClientOf(dataSource: DataSource): SqlClient {
  return {
    async query<Row>(sql: string, parameters?: unknown[]) {
      assertConnected(dataSource);
      return rowsOf<Row>(sql, await dataSource.query(sql, parameters));
    },
    queryWithAdvisoryLock<Row>(lock: number, sql: string, parameters?: unknown[]) {
      assertConnected(dataSource);
      return dataSource.transaction(async (manager) => {
        await manager.query('SELECT pg_advisory_xact_lock($1)', [lock]);
        return rowsOf<Row>(sql, await manager.query(sql, parameters));
      });
    },
  };
}

/** TypeORM answers an UPDATE or DELETE with `[rows, count]`, everything else with the rows. */
function rowsOf<Row>(sql: string, answer: unknown): Row[] {
  return /^\s*(UPDATE|DELETE)/.test(sql) ? (answer as [Row[], number])[0] : (answer as Row[]);
}

function assertConnected(dataSource: DataSource) {
  if (!dataSource.isInitialized)
    throw new AppError('unavailable', 'database_unavailable', 'not connected yet');
}
