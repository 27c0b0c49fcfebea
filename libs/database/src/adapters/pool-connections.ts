import type pg from 'pg';
import type { DataSource } from 'typeorm';

export const CHECKED_AGAINST = { pg: '8.23.1', typeorm: '1.1.1' };

/**
 * Counts the connections of a data source's pool by state. It reaches for TypeORM's private `driver.master`, because
 * TypeORM does not expose its pool.
 *
 * `waiting` counts callers for whom no connection is available. pg's own `waitingCount` also counts callers that get
 * one of the idle connections a moment later.
 */
export function poolConnectionsOf({ driver }: DataSource): Record<'idle' | 'busy' | 'waiting', number> {
  const { master } = driver as unknown as { master: pg.Pool };
  const busy = master.totalCount - master.idleCount;
  const available = master.options.max - busy;
  return { idle: master.idleCount, busy, waiting: Math.max(0, master.waitingCount - available) };
}
