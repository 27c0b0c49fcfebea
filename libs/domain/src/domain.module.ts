import {
  connectWithRetries,
  LockWaits,
  MonitorClient,
  poolConnectionsOf,
  sqlClientOf,
} from '@estoque/database';
import {
  DeadLetterCapacity,
  DeadLetterCollector,
  DeadLetterJobRunner,
  DeadLetterJobs,
  DeadLetterReplay,
  DeadLetterRetention,
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
  sampled,
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
import { auditConnectionOf } from './audit/audit-connection.js';
import { Audits } from './audit/audits.js';
import { StockAudit } from './audit/stock-audit.js';
import { createDataSource } from './database/data-source.js';
import { SnapshotAge } from './database/snapshot-age.js';
import { catalogue, EXCHANGE } from './events/catalogue.js';
import { orderCounters } from './transaction-counters.js';
import { UnitOfWork } from './unit-of-work.js';

const WAIT_TIMEOUT_MS = 15_000;

interface DomainOptions {
  /** The queue that this app consumes, if any. */
  queue?: string;
  /** Whether this app moves dead letters from the broker to the database. */
  collectsDeadLetters?: boolean;
}

type UnitOfWorkDependencies = [DataSource, OutboxRelay, string, Metrics, LockWaits];

/** Locks of other sessions are a degradation: messages and requests that need other rows are handled. */
function provideLockWaits(monitor: MonitorClient, logger: Logger, metrics: Metrics, health: HealthChecks) {
  const failedWaits = metrics.counter(
    'estoque_lock_timeouts_total',
    'Waits for a row that another session has locked, that ended without the lock',
    {},
  );
  const lockWaits = new LockWaits(monitor, logger, () => failedWaits.inc());
  health.add('locks', () => lockWaits.describe());
  metrics.gauge(
    'estoque_rows_locked',
    'Rows that other sessions have locked for longer than the lock timeout',
    () => lockWaits.count,
  );
  return lockWaits;
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
    private readonly monitor: MonitorClient,
    private readonly health: HealthChecks,
    metrics: Metrics,
  ) {
    health.refuseRequests('database', 'not connected yet');
    const measureOutbox = sampled(() => relay.measure());
    const read = (measure: 'depth' | 'lag_seconds') => async () => (await measureOutbox())[measure];
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
      inject: [ENVIRONMENT, DeadLetters, Publisher, LOGGER, Metrics, HealthChecks],
      useFactory: (
        { RABBITMQ_URL: urls }: Environment,
        deadLetters: DeadLetters,
        publisher: Publisher,
        logger: Logger,
        metrics: Metrics,
        health: HealthChecks,
      ) => {
        const collector = new DeadLetterCollector(
          urls,
          topology,
          catalogue,
          deadLetters,
          publisher,
          logger,
          metrics,
        );
        health.add('dead-letters', () => collector.unavailableReason);
        return collector;
      },
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
          provide: MonitorClient,
          inject: [ENVIRONMENT, APP_NAME, HealthChecks],
          useFactory: (environment: Environment, app: string, health: HealthChecks) => {
            const monitor = new MonitorClient(environment.DATABASE_URL, app);
            health.add('database', () => monitor.assertWritable());
            return monitor;
          },
        },
        {
          provide: LockWaits,
          inject: [MonitorClient, LOGGER, Metrics, HealthChecks],
          useFactory: provideLockWaits,
        },
        {
          provide: UnitOfWork,
          inject: [DataSource, OutboxRelay, APP_NAME, Metrics, LockWaits],
          useFactory: (...[dataSource, relay, app, metrics, lockWaits]: UnitOfWorkDependencies) =>
            new UnitOfWork(dataSource, relay, app, orderCounters(metrics), lockWaits),
        },
        {
          provide: DeadLetterReplay,
          inject: [DataSource, Publisher],
          useFactory: (dataSource: DataSource, publisher: Publisher) =>
            new DeadLetterReplay(sqlClientOf(dataSource), publisher, topology),
        },
        {
          provide: DeadLetters,
          inject: [DataSource, DeadLetterReplay, ENVIRONMENT],
          useFactory: (dataSource: DataSource, replay: DeadLetterReplay, environment: Environment) => {
            const sql = sqlClientOf(dataSource);
            return new DeadLetters(sql, replay, new DeadLetterCapacity(sql, environment.MAX_DEAD_LETTERS));
          },
        },
        {
          provide: DeadLetterJobs,
          inject: [DataSource],
          useFactory: (dataSource: DataSource) => new DeadLetterJobs(sqlClientOf(dataSource)),
        },
        {
          provide: DeadLetterJobRunner,
          inject: [DataSource, DeadLetterReplay],
          useFactory: (dataSource: DataSource, replay: DeadLetterReplay) =>
            new DeadLetterJobRunner(sqlClientOf(dataSource), replay),
        },
        {
          provide: DeadLetterRetention,
          inject: [DataSource, ENVIRONMENT],
          useFactory: (dataSource: DataSource, environment: Environment) =>
            new DeadLetterRetention(sqlClientOf(dataSource), {
              retentionDays: environment.DEAD_LETTER_RETENTION_DAYS,
              maxClosed: environment.MAX_DEAD_LETTERS,
            }),
        },
        {
          provide: StockAudit,
          inject: [ENVIRONMENT, APP_NAME, DataSource],
          useFactory: (...connection: Parameters<typeof auditConnectionOf>) =>
            new StockAudit(auditConnectionOf(...connection)),
        },
        {
          provide: Audits,
          inject: [DataSource],
          useFactory: (dataSource: DataSource) => new Audits(sqlClientOf(dataSource)),
        },
        {
          provide: SnapshotAge,
          inject: [DataSource],
          useFactory: (dataSource: DataSource) => new SnapshotAge(sqlClientOf(dataSource)),
        },
        ...(collectsDeadLetters ? [collector] : []),
      ],
      exports: [
        UnitOfWork,
        DeadLetters,
        DeadLetterJobs,
        DeadLetterJobRunner,
        DeadLetterRetention,
        StockAudit,
        Audits,
        SnapshotAge,
        OutboxRelay,
      ],
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
    await this.monitor.close();
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }

  private async connect() {
    const isConnected = await connectWithRetries(
      this.dataSource,
      () => this.stopping,
      (reason) => this.logger.warn({ reason }, 'the database is unavailable'),
    );
    if (!isConnected) return;
    this.health.acceptRequests('database');
    this.markConnected();
    this.collector?.start();
    this.relay.start();
  }
}
