import { DeadLetter, DeadLetterAction, OutboxMessage } from '@estoque/messaging';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { Notification } from '../notification/notification.entity.js';
import { Order, OrderLine, TimelineEntry } from '../order/order.entity.js';
import { Product } from '../product/product.entity.js';
import { Movement, Reservation, Stock } from '../stock/stock.entity.js';
import { Initial1764000000000 } from './migrations/1764000000000-initial.js';
import { Endings1764600000000 } from './migrations/1764600000000-endings.js';
import { DeadLetters1764700000000 } from './migrations/1764700000000-dead-letters.js';
import { HotPath1764800000000 } from './migrations/1764800000000-hot-path.js';
import { Traces1764900000000 } from './migrations/1764900000000-traces.js';
import { Pool } from './pool.js';

/** No statement of the flow takes long; a server that says nothing for this long is gone, though its connection stands. */
const QUERY_TIMEOUT_MS = 10_000;

/** Not connected yet: `initialize()` does that. */
export function createDataSource(
  url: string,
  { poolSize = 10, app = 'estoque', queryTimeoutMs = QUERY_TIMEOUT_MS } = {},
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
    entities: [
      Product,
      Stock,
      Reservation,
      Movement,
      Order,
      OrderLine,
      TimelineEntry,
      Notification,
      OutboxMessage,
      DeadLetter,
      DeadLetterAction,
    ],
    migrations: [
      Initial1764000000000,
      Endings1764600000000,
      DeadLetters1764700000000,
      HotPath1764800000000,
      Traces1764900000000,
    ],
    migrationsTableName: 'migrations',
  });
}

/**
 * The pool's connections: kept open, at work, and asked for by callers whom none is left for. The pool itself counts
 * everyone as waiting who is served a moment later, each reader of these figures included.
 */
export function connectionsOf({ driver }: DataSource): Record<'idle' | 'busy' | 'waiting', number> {
  const { master } = driver as unknown as { master: pg.Pool };
  const busy = master.totalCount - master.idleCount;
  const left = master.options.max - busy;
  return { idle: master.idleCount, busy, waiting: Math.max(0, master.waitingCount - left) };
}
