import pg from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { Pool } from './pool.js';
import type { SessionLimits } from './session-settings.js';

/** No statement of the order flow takes long. A server that sends nothing for this long is treated as lost. */
const QUERY_TIMEOUT_MS = 10_000;
/** The operating system reports a lost server about 10 s later. */
const KEEPALIVE_IDLE_MS = 5_000;

const RECONNECT_MS = 1_000;

export interface ConnectionOptions extends Partial<SessionLimits> {
  poolSize?: number;
  /** `application_name` of every connection. */
  app?: string;
}

/** @returns a data source that is not connected yet: `initialize()` connects it */
export function createPostgresDataSource(
  url: string,
  schema: Pick<DataSourceOptions, 'entities' | 'migrations'>,
  {
    poolSize = 10,
    app = 'estoque',
    queryTimeoutMs = QUERY_TIMEOUT_MS,
    lockTimeoutMs,
    process,
  }: ConnectionOptions = {},
): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    driver: { ...pg, Pool },
    poolSize,
    applicationName: app,
    connectTimeoutMS: 5_000,
    extra: {
      limits: { queryTimeoutMs, lockTimeoutMs, process },
      query_timeout: queryTimeoutMs,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEPALIVE_IDLE_MS,
    },
    installExtensions: false,
    synchronize: false,
    logging: false,
    ...schema,
    migrationsTableName: 'migrations',
  });
}

/**
 * Connects a data source, with an attempt each second until one succeeds.
 *
 * @param onFailure called after each failed attempt
 * @returns false if no further attempt is made because the process is stopping
 */
export async function connectWithRetries(
  dataSource: DataSource,
  isStopping: () => boolean,
  onFailure: (reason: string) => void,
): Promise<boolean> {
  while (!isStopping()) {
    try {
      await dataSource.initialize();
      return true;
    } catch (error) {
      onFailure((error as Error).message);
      await sleep(RECONNECT_MS);
    }
  }
  return false;
}
