import { AppProcess } from './app-process.js';
import type { System } from './system.js';

/** Starts a process of the api on the database and the broker of a system. The caller has to stop it. */
export const startReplica = (system: System, environment: Record<string, string> = {}) =>
  new AppProcess('api', {
    ...system.serversOf('api'),
    ENV: 'development',
    HOST: '127.0.0.1',
    PORT: '0',
    DRAIN_TIMEOUT_MS: '0',
    ...environment,
  });
