export { poolConnectionsOf } from './adapters/pool-connections.js';
export { connectWithRetries, createPostgresDataSource, type ConnectionOptions } from './data-source.js';
export { OutcomeUnknown, ReadOnlyServer, RowLocked, unwrapDriverError } from './database.errors.js';
export { LockWaits } from './lock-waits.js';
export { ensureLogin, type Login } from './logins.js';
export { MIGRATION_LOCK_TIMEOUT_MS, runMigrations, type MigrationOptions } from './migration-runner.js';
export { MonitorClient } from './monitor-client.js';
export { applyPrivileges, type Privilege, type TablePrivileges } from './privileges.js';
export { assertConnected, sqlClientInTransaction, sqlClientOf, type SqlClient } from './sql-client.js';
