import { assertConnected, connectWithRetries, poolConnectionsOf } from '@estoque/database';
import {
  APP_NAME,
  AppError,
  ENVIRONMENT,
  HealthChecks,
  LOGGER,
  Metrics,
  type Environment,
  type Logger,
} from '@estoque/platform';
import {
  Inject,
  Injectable,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { createDataSource } from './database/data-source.js';
import { UnitOfWork } from './unit-of-work.js';

/**
 * Connections for reading without a transaction. A slow or frequent read occupies no connection that an order needs, and
 * ends after its own time limit. The number of reads that wait for a connection is bounded.
 */
@Injectable()
export class ReadPool implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly pool: DataSource;
  private readonly maxWaiting: number;
  private stopping = false;

  constructor(
    @Inject(ENVIRONMENT) environment: Environment,
    @Inject(APP_NAME) app: string,
    @Inject(LOGGER) private readonly logger: Logger,
    metrics: Metrics,
    private readonly health: HealthChecks,
    unitOfWork: UnitOfWork,
  ) {
    this.maxWaiting = environment.DATABASE_READ_QUEUE;
    this.pool = createDataSource(environment.DATABASE_URL, {
      poolSize: environment.DATABASE_READ_POOL_SIZE,
      queryTimeoutMs: environment.DATABASE_READ_TIMEOUT_MS,
      app: `${app} reads`,
    });
    metrics.gauge(
      'estoque_database_read_connections',
      'Connections of the pool for reads by state, and reads that wait for a connection',
      () => poolConnectionsOf(this.pool),
      'state',
    );
    health.refuseRequests('reads', 'not connected yet');
    health.add('reads', () => assertConnected(this.pool));
    unitOfWork.readThrough(this);
  }

  /** @throws AppError `overloaded` if too many reads wait */
  get dataSource(): DataSource {
    if (this.pool.isInitialized && poolConnectionsOf(this.pool).waiting >= this.maxWaiting)
      throw new AppError(
        'unavailable',
        'overloaded',
        'Too many reads are in progress. Repeat the request later.',
      );
    return this.pool;
  }

  /** Does not wait for the database, like the pool of the orders. */
  onApplicationBootstrap() {
    void this.connect();
  }

  async onApplicationShutdown() {
    this.stopping = true;
    if (this.pool.isInitialized) await this.pool.destroy();
  }

  private async connect() {
    const isConnected = await connectWithRetries(
      this.pool,
      () => this.stopping,
      (reason) => this.logger.warn({ reason }, 'the database is unavailable for reads'),
    );
    if (isConnected) this.health.acceptRequests('reads');
  }
}

/** Gives an app connections for its reads. It requires the DomainModule. */
@Module({ providers: [ReadPool] })
export class ReadPoolModule {}
