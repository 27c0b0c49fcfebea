import { MessagingModule, OutboxRelay, Publisher } from '@estoque/messaging';
import {
  APP_NAME,
  ENVIRONMENT,
  HealthChecks,
  LOGGER,
  type Environment,
  type Logger,
} from '@estoque/platform';
import {
  Inject,
  Module,
  type DynamicModule,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { createDataSource } from './database/data-source.js';
import { catalogue, EXCHANGE } from './events/catalogue.js';
import { UnitOfWork } from './unit-of-work.js';

const CONNECT_AGAIN_MS = 1_000;

/** The business on its database, with the events that it announces. `queue` is the one this app consumes. */
@Module({})
export class DomainModule implements OnApplicationBootstrap, OnApplicationShutdown {
  private stopping = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly relay: OutboxRelay,
    private readonly publisher: Publisher,
    @Inject(LOGGER) private readonly logger: Logger,
    health: HealthChecks,
  ) {
    health.add('database', () => dataSource.query('SELECT 1'));
  }

  static for({ queue }: { queue?: string } = {}): DynamicModule {
    return {
      module: DomainModule,
      global: true,
      imports: [MessagingModule.for({ exchange: EXCHANGE, catalogue, queue })],
      providers: [
        {
          provide: DataSource,
          inject: [ENVIRONMENT, APP_NAME],
          useFactory: ({ DATABASE_URL, DATABASE_POOL_SIZE: poolSize }: Environment, app: string) =>
            createDataSource(DATABASE_URL, { poolSize, app }),
        },
        {
          provide: OutboxRelay,
          inject: [Publisher, DataSource, LOGGER],
          useFactory: (publisher: Publisher, dataSource: DataSource, logger: Logger) =>
            new OutboxRelay(
              publisher,
              EXCHANGE,
              catalogue,
              (sql, parameters) => rowsOf(dataSource, sql, parameters),
              logger,
            ),
        },
        {
          provide: UnitOfWork,
          inject: [DataSource, OutboxRelay, APP_NAME],
          useFactory: (dataSource: DataSource, relay: OutboxRelay, app: string) =>
            new UnitOfWork(dataSource, relay, app),
        },
      ],
      exports: [UnitOfWork],
    };
  }

  /** Not awaited: the process is alive, though not ready, while the database is still to come. */
  onApplicationBootstrap() {
    void this.connect();
  }

  /** After HTTP and consumer have closed, so that the last events still go out. */
  async onApplicationShutdown() {
    this.stopping = true;
    await this.relay.stop();
    await this.publisher.close();
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }

  private async connect() {
    while (!this.stopping) {
      try {
        await this.dataSource.initialize();
        return this.relay.start();
      } catch (error) {
        this.logger.warn({ reason: (error as Error).message }, 'the database is out of reach');
        await sleep(CONNECT_AGAIN_MS);
      }
    }
  }
}

/** TypeORM answers an UPDATE or DELETE with `[rows, count]`, everything else with the rows. */
async function rowsOf<Row>(dataSource: DataSource, sql: string, parameters: unknown[]): Promise<Row[]> {
  const answer = await dataSource.query<Row[] | [Row[], number]>(sql, parameters);
  return /^(UPDATE|DELETE)/.test(sql) ? (answer as [Row[], number])[0] : (answer as Row[]);
}
