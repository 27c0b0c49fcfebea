import { poolConnectionsOf, sqlClientOf } from '@estoque/database';
import {
  DeadLetterCollector,
  DeadLetters,
  MessagingModule,
  OutboxRelay,
  Publisher,
  topologyOf,
} from '@estoque/messaging';
import {
  APP_NAME,
  ENVIRONMENT,
  HealthChecks,
  LOGGER,
  Metrics,
  type Environment,
  type Logger,
} from '@estoque/platform';
import {
  Inject,
  Module,
  Optional,
  type DynamicModule,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { StockAudit } from './audit/stock-audit.js';
import { createDataSource } from './database/data-source.js';
import { catalogue, EXCHANGE } from './events/catalogue.js';
import { orderCounters } from './transaction-counters.js';
import { UnitOfWork } from './unit-of-work.js';

const CONNECT_AGAIN_MS = 1_000;
const REACH_WITHIN_MS = 15_000;

interface DomainOptions {
  /** The queue that this app consumes. */
  queue?: string;
  /** Whether this app brings the broker's dead letters to the database. */
  collectsDeadLetters?: boolean;
}

/** The business on its database, with the events that it announces. */
@Module({})
export class DomainModule implements OnApplicationBootstrap, OnApplicationShutdown {
  private stopping = false;
  private reachedDatabase!: () => void;
  private readonly databaseReached = new Promise<void>((resolve) => (this.reachedDatabase = resolve));

  constructor(
    private readonly dataSource: DataSource,
    private readonly relay: OutboxRelay,
    private readonly publisher: Publisher,
    @Inject(LOGGER) private readonly logger: Logger,
    @Optional()
    @Inject(DeadLetterCollector)
    private readonly collector: DeadLetterCollector | undefined,
    health: HealthChecks,
    metrics: Metrics,
  ) {
    health.add('database', () => dataSource.query('SELECT 1'));
    const read = (what: 'depth' | 'lag_seconds') => async () => (await relay.measure())[what];
    metrics.gauge('estoque_outbox_depth', 'Events that wait to be published', read('depth'));
    metrics.gauge('estoque_outbox_lag_seconds', 'How long the oldest of them waits', read('lag_seconds'));
    metrics.gauge(
      'estoque_database_connections',
      'Connections of the pool, and who waits for one',
      () => poolConnectionsOf(dataSource),
      'state',
    );
  }

  static for({ queue, collectsDeadLetters = false }: DomainOptions = {}): DynamicModule {
    const topology = topologyOf(EXCHANGE, catalogue);
    const collector = {
      provide: DeadLetterCollector,
      inject: [ENVIRONMENT, DeadLetters, Publisher, LOGGER, Metrics],
      useFactory: (
        { RABBITMQ_URL: urls }: Environment,
        letters: DeadLetters,
        publisher: Publisher,
        logger: Logger,
        metrics: Metrics,
      ) => new DeadLetterCollector(urls, topology, catalogue, letters, publisher, logger, metrics),
    };
    return {
      module: DomainModule,
      global: true,
      imports: [MessagingModule.for({ exchange: EXCHANGE, catalogue, queue })],
      providers: [
        {
          provide: DataSource,
          inject: [ENVIRONMENT, APP_NAME],
          useFactory: (environment: Environment, app: string) =>
            createDataSource(environment.DATABASE_URL, {
              poolSize: environment.DATABASE_POOL_SIZE,
              queryTimeoutMs: environment.DATABASE_QUERY_TIMEOUT_MS,
              app,
            }),
        },
        {
          provide: OutboxRelay,
          inject: [Publisher, DataSource, LOGGER, Metrics],
          useFactory: (publisher: Publisher, dataSource: DataSource, logger: Logger, metrics: Metrics) =>
            new OutboxRelay(publisher, EXCHANGE, catalogue, sqlClientOf(dataSource), logger, metrics),
        },
        {
          provide: UnitOfWork,
          inject: [DataSource, OutboxRelay, APP_NAME, Metrics],
          useFactory: (dataSource: DataSource, relay: OutboxRelay, app: string, metrics: Metrics) =>
            new UnitOfWork(dataSource, relay, app, orderCounters(metrics)),
        },
        {
          provide: DeadLetters,
          inject: [DataSource, Publisher],
          useFactory: (dataSource: DataSource, publisher: Publisher) =>
            new DeadLetters(sqlClientOf(dataSource), publisher, topology),
        },
        {
          provide: StockAudit,
          inject: [DataSource],
          useFactory: (dataSource: DataSource) => new StockAudit(sqlClientOf(dataSource)),
        },
        ...(collectsDeadLetters ? [collector] : []),
      ],
      exports: [UnitOfWork, DeadLetters, StockAudit, OutboxRelay],
    };
  }

  /** For a program that runs once. @throws where a neighbour isn't there in time */
  async reached(...neighbours: ('database' | 'broker')[]) {
    const reached = {
      database: this.databaseReached,
      broker: new Promise<void>((resolve) => this.publisher.onReady(resolve)),
    };
    for (const neighbour of neighbours) {
      const late = sleep(REACH_WITHIN_MS, 'late', { ref: false });
      if ((await Promise.race([reached[neighbour], late])) === 'late')
        throw new Error(`No answer from the ${neighbour} within ${REACH_WITHIN_MS / 1_000} s.`);
    }
  }

  /** Not awaited: the process is alive, though not ready, while the database is still to come. */
  onApplicationBootstrap() {
    void this.connect();
  }

  /** After HTTP and consumer have closed, so that the last events still go out. */
  async onApplicationShutdown() {
    this.stopping = true;
    await this.collector?.stop();
    await this.relay.stop();
    await this.publisher.close();
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }

  private async connect() {
    while (!this.stopping) {
      try {
        await this.dataSource.initialize();
        this.reachedDatabase();
        this.collector?.start();
        return this.relay.start();
      } catch (error) {
        this.logger.warn({ reason: (error as Error).message }, 'the database is unavailable');
        await sleep(CONNECT_AGAIN_MS);
      }
    }
  }
}
