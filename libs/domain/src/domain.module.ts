import { connectWithRetries, MonitorClient, poolConnectionsOf } from '@estoque/database';
import {
  DeadLetterCollector,
  DeadLetterJobRunner,
  DeadLetterJobs,
  DeadLetterReplay,
  DeadLetterRetention,
  DeadLetters,
  DryRuns,
  MessagingModule,
  OutboxRelay,
  Publisher,
  type BrokerUse,
} from '@estoque/messaging';
import { HealthChecks, LOGGER, Metrics, sampled, type Logger } from '@estoque/platform';
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
import { Audits } from './audit/audits.js';
import { StockAudit } from './audit/stock-audit.js';
import { SnapshotAge } from './database/snapshot-age.js';
import { brokerUseOf, topologyFor } from './events/broker-use.js';
import { catalogue } from './events/catalogue.js';
import { auditProviders } from './providers/audit.js';
import { databaseProviders } from './providers/database.js';
import { deadLetterCollector, deadLetterProviders } from './providers/dead-letters.js';
import { ErasureRunner } from './personal-data/erasure.runner.js';
import { personalDataProviders } from './providers/personal-data.js';
import { DeliveryRecorder } from './processes/delivery-recorder.js';
import { ProcessReporter } from './processes/process-reporter.js';
import { UnitOfWork } from './unit-of-work.js';

const WAIT_TIMEOUT_MS = 15_000;
const BROKER_USE = Symbol('BROKER_USE');

interface DomainOptions {
  /** Name of the app. */
  name: string;
  /** The queue that this app consumes, if any. */
  queue?: string;
  /** Whether this app moves dead letters from the broker to the database. */
  collectsDeadLetters?: boolean;
  /** Whether the process reports what it does. A command that runs once does not. Default: true. */
  reportsItself?: boolean;
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
    @Inject(BROKER_USE) private readonly use: BrokerUse,
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

  static for({
    name,
    queue,
    collectsDeadLetters = false,
    reportsItself = true,
  }: DomainOptions): DynamicModule {
    const use = brokerUseOf({ name, queue, collectsDeadLetters });
    const topology = topologyFor(use);
    return {
      module: DomainModule,
      global: true,
      imports: [MessagingModule.for({ topology, catalogue, queue })],
      providers: [
        ...databaseProviders,
        ...deadLetterProviders,
        ...auditProviders,
        ...personalDataProviders,
        ...(collectsDeadLetters ? [deadLetterCollector(topology)] : []),
        ...(reportsItself ? [ProcessReporter] : []),
        ...(queue === undefined ? [] : [DeliveryRecorder]),
        { provide: BROKER_USE, useValue: use },
      ],
      exports: [
        UnitOfWork,
        DeadLetters,
        DeadLetterJobs,
        DeadLetterJobRunner,
        DeadLetterReplay,
        DeadLetterRetention,
        DryRuns,
        StockAudit,
        Audits,
        SnapshotAge,
        ErasureRunner,
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
    // An app that publishes no event may not publish those of others either.
    if (this.use.publishesEvents) this.relay.start();
  }
}
