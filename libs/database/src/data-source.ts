import pg from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { Pool } from './pool.js';

/** No statement of the order flow takes long. A server that sends nothing for this long is treated as lost. */
const QUERY_TIMEOUT_MS = 10_000;

export interface ConnectionOptions {
  poolSize?: number;
  /** `application_name` of every connection. */
  app?: string;
  /** Time limit of a query on the client's side, in milliseconds; 0 disables it. */
  queryTimeoutMs?: number;
}

/** @returns a data source that is not connected yet: `initialize()` connects it */
export function createPostgresDataSource(
  url: string,
  schema: Pick<DataSourceOptions, 'entities' | 'migrations'>,
  { poolSize = 10, app = 'estoque', queryTimeoutMs = QUERY_TIMEOUT_MS }: ConnectionOptions = {},
): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    driver: { ...pg, Pool },
    poolSize,
    applicationName: app,
    connectTimeoutMS: 5_000,
    extra: { query_timeout: queryTimeoutMs, keepAlive: true },
    installExtensions: false,
    synchronize: false,
    logging: false,
    ...schema,
    migrationsTableName: 'migrations',
  });
}
