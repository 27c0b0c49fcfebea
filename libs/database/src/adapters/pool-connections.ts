import type pg from 'pg';
import type { DataSource } from 'typeorm';

/** Library versions whose source this adapter was checked against. */
export const CHECKED_AGAINST = { pg: '8.23.1', typeorm: '1.1.1' };

/**
 * Counts the connections of a data source's pool by state.
 *
 * Upstream behaviour: pg's `waitingCount` also counts callers that get an idle connection a moment later. `waiting`
 * counts only callers for which no connection is available.
 * Private member: `driver.master`, the pool; TypeORM does not expose it.
 */
export function poolConnectionsOf({ driver }: DataSource): Record<'idle' | 'busy' | 'waiting', number> {
  const { master } = driver as unknown as { master: pg.Pool };
  const busy = master.totalCount - master.idleCount;
  const available = master.options.max - busy;
  return { idle: master.idleCount, busy, waiting: Math.max(0, master.waitingCount - available) };
}
