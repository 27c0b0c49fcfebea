import { OutboxMessage } from '@estoque/messaging';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { Notification } from '../notification/notification.entity.js';
import { Order, OrderLine, TimelineEntry } from '../order/order.entity.js';
import { Product } from '../product/product.entity.js';
import { Movement, Reservation, Stock } from '../stock/stock.entity.js';
import { Initial1764000000000 } from './migrations/1764000000000-initial.js';

const INT8 = 20;
// Ids and sums stay far below 2^53 (CHECK constraints see to it), so a number holds them exactly.
pg.types.setTypeParser(INT8, Number);

/** Not connected yet: `initialize()` does that. */
export function createDataSource(url: string, { poolSize = 10, app = 'estoque' } = {}): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    driver: pg,
    poolSize,
    applicationName: app,
    connectTimeoutMS: 5_000,
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
    ],
    migrations: [Initial1764000000000],
    migrationsTableName: 'migrations',
  });
}
