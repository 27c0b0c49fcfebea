import { assertConnected, LockWaits, MonitorClient, sqlClientOf } from '@estoque/database';
import { OutboxRelay, Publisher } from '@estoque/messaging';
import {
  APP_NAME,
  ENVIRONMENT,
  HealthChecks,
  LOGGER,
  Metrics,
  type Environment,
  type Logger,
} from '@estoque/platform';
import type { Provider } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { createDataSource } from '../database/data-source.js';
import { SnapshotAge } from '../database/snapshot-age.js';
import { catalogue, EXCHANGE } from '../events/catalogue.js';
import { ThisProcess } from '../processes/this-process.js';
import { orderCounters } from '../transaction-counters.js';
import { UnitOfWork } from '../unit-of-work.js';

type UnitOfWorkDependencies = [DataSource, OutboxRelay, string, Metrics, LockWaits];

/** The pool of the orders, the unit of work, and what observes the database. */
export const databaseProviders: Provider[] = [
  ThisProcess,
  {
    provide: DataSource,
    inject: [ENVIRONMENT, ThisProcess],
    useFactory: (environment: Environment, { app, id }: ThisProcess) =>
      createDataSource(environment.DATABASE_URL, {
        poolSize: environment.DATABASE_POOL_SIZE,
        queryTimeoutMs: environment.DATABASE_QUERY_TIMEOUT_MS,
        app,
        process: id,
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
    inject: [ENVIRONMENT, APP_NAME, HealthChecks, DataSource],
    useFactory: (environment: Environment, app: string, health: HealthChecks, dataSource: DataSource) => {
      const monitor = new MonitorClient(environment.DATABASE_URL, app);
      health.add('database', () => {
        assertConnected(dataSource);
        return monitor.assertWritable();
      });
      return monitor;
    },
  },
  {
    provide: LockWaits,
    inject: [MonitorClient, LOGGER, Metrics, HealthChecks],
    useFactory: createLockWaits,
  },
  {
    provide: UnitOfWork,
    inject: [DataSource, OutboxRelay, APP_NAME, Metrics, LockWaits],
    useFactory: (...[dataSource, relay, app, metrics, lockWaits]: UnitOfWorkDependencies) =>
      new UnitOfWork(dataSource, relay, app, orderCounters(metrics), lockWaits),
  },
  {
    provide: SnapshotAge,
    inject: [DataSource],
    useFactory: (dataSource: DataSource) => new SnapshotAge(sqlClientOf(dataSource)),
  },
];

/** Locks of other sessions are a degradation: messages and requests that need other rows are handled. */
function createLockWaits(monitor: MonitorClient, logger: Logger, metrics: Metrics, health: HealthChecks) {
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
