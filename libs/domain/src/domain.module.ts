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
import { SnapshotAge } from './database/snapshot-age.js';
import { catalogue, EXCHANGE } from './events/catalogue.js';
import { orderCounters } from './transaction-counters.js';
import { UnitOfWork } from './unit-of-work.js';

const RECONNECT_MS = 1_000;
const WAIT_TIMEOUT_MS = 15_000;

interface DomainOptions {
  /** The queue that this app consumes, if any. */
  queue?: string;
  /** Whether this app moves dead letters from the broker to the database. */
  collectsDeadLetters?: boolean;
}

/** Provides the unit of work, the outbox relay, the dead letters, the stock audit, and the consumer of a queue. */
@Module({})
export class DomainModule implements OnApplicationBootstrap, OnApplicationShutdown {
  private stopping = false;
  private markConnected!: () => void;
  private readonly connected = new Promise<void>((resolve) => (this.markConnected = resolve));

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
    const read = (measure: 'depth' | 'lag_seconds') => async () => (await relay.measure())[measure];
    metrics.gauge('estoque_outbox_depth', 'Events in the outbox', read('depth'));
    metrics.gauge('estoque_outbox_lag_seconds', 'Age of the oldest event in the outbox', read('lag_seconds'));
    metrics.gauge(
      'estoque_database_connections',
      'Connections of the pool by state, and callers that wait for a connection',
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
        deadLetters: DeadLetters,
        publisher: Publisher,
        logger: Logger,
        metrics: Metrics,
      ) => new DeadLetterCollector(urls, topology, catalogue, deadLetters, publisher, logger, metrics),
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
        {
          provide: SnapshotAge,
          inject: [DataSource],
          useFactory: (dataSource: DataSource) => new SnapshotAge(sqlClientOf(dataSource)),
        },
        ...(collectsDeadLetters ? [collector] : []),
      ],
      exports: [UnitOfWork, DeadLetters, StockAudit, SnapshotAge, OutboxRelay],
    };
  }

  /** Waits until the dependencies are connected, for a program that runs once. @throws Error after 15 seconds */
  async waitFor(...dependencies: ('database' | 'broker')[]) {
    const connected = {
      database: this.connected,
      broker: new Promise<void>((resolve) => this.publisher.onReady(resolve)),
    };
    for (const dependency of dependencies) {
      const timeout = sleep(WAIT_TIMEOUT_MS, 'timeout', { ref: false });
      if ((await Promise.race([connected[dependency], timeout])) === 'timeout')
        throw new Error(`The ${dependency} did not respond within ${WAIT_TIMEOUT_MS / 1_000} s.`);
    }
  }

  /** Does not wait for the database: until it is connected, the process is live but not ready. */
  onApplicationBootstrap() {
    void this.connect();
  }

  /** Runs after HTTP and the transport are closed, so that the last events are still published. */
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
        this.markConnected();
        this.collector?.start();
        return this.relay.start();
      } catch (error) {
        this.logger.warn({ reason: (error as Error).message }, 'the database is unavailable');
        await sleep(RECONNECT_MS);
      }
    }
  }
}
