export { poolConnectionsOf } from './adapters/pool-connections.js';
export { createPostgresDataSource, type ConnectionOptions } from './data-source.js';
export { runMigrations } from './migration-runner.js';
export { assertConnected, sqlClientOf, type SqlClient } from './sql-client.js';
