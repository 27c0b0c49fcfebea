import { createPostgresDataSource, type ConnectionOptions } from '@estoque/database';
import { DeadLetter, DeadLetterAction, DeadLetterJob, OutboxMessage } from '@estoque/messaging';
import type { DataSource } from 'typeorm';
import { ApiKey } from '../api-key/api-key.entity.js';
import { IdempotencyKey } from '../idempotency/idempotency-key.entity.js';
import { Notification } from '../notification/notification.entity.js';
import { Order, OrderLine, TimelineEntry } from '../order/order.entity.js';
import { Payment, PaymentAttempt, Refund } from '../payment/payment.entity.js';
import { Product } from '../product/product.entity.js';
import { Movement, Reservation, Stock } from '../stock/stock.entity.js';
import { Initial1765000000000 } from './migrations/1765000000000-initial.js';
import { OldSnapshots1766000001000 } from './migrations/1766000001000-old-snapshots.js';
import { Requests1766000002000 } from './migrations/1766000002000-requests.js';
import { Reads1766000003000 } from './migrations/1766000003000-reads.js';
import { DeadLetterJobs1766000004000 } from './migrations/1766000004000-dead-letter-jobs.js';
import { StockAlertIndex1766002500000 } from './migrations/1766002500000-stock-alert-index.js';
import { DueNotifications1766002600000 } from './migrations/1766002600000-due-notifications.js';
import { OutboxIndexes1766002700000 } from './migrations/1766002700000-outbox-indexes.js';
import { Access1766004000000 } from './migrations/1766004000000-access.js';
import { MailQuotas1766005000000 } from './migrations/1766005000000-mail-quotas.js';
import { WithheldMails1766005001000 } from './migrations/1766005001000-withheld-mails.js';
import { AuditLog1766006000000 } from './migrations/1766006000000-audit-log.js';
import { Erasures1766006001000 } from './migrations/1766006001000-erasures.js';
import { OrderLife1766010000000 } from './migrations/1766010000000-order-life.js';
import { OrderLifeIndexes1766010001000 } from './migrations/1766010001000-order-life-indexes.js';
import { Payments1766020000000 } from './migrations/1766020000000-payments.js';
import { Shipments1766030000000 } from './migrations/1766030000000-shipments.js';
import { MailsBySubject1766030001000 } from './migrations/1766030001000-mails-by-subject.js';
import { Returns1766030002000 } from './migrations/1766030002000-returns.js';
import { MailSettings1766030003000 } from './migrations/1766030003000-mail-settings.js';
import { Webhooks1766040000000 } from './migrations/1766040000000-webhooks.js';
import { ProcessReports1766050000000 } from './migrations/1766050000000-process-reports.js';
import { DeadLetterGroups1766060000000 } from './migrations/1766060000000-dead-letter-groups.js';
import { Corrections1766061000000 } from './migrations/1766061000000-corrections.js';
import { JourneyDetails1766080000000 } from './migrations/1766080000000-journey-details.js';
import { DeadLetterReasons1766090000000 } from './migrations/1766090000000-dead-letter-reasons.js';
import { RetentionRuns1766100000000 } from './migrations/1766100000000-retention-runs.js';

const ENTITIES = [
  Product,
  Stock,
  Reservation,
  Movement,
  Order,
  OrderLine,
  TimelineEntry,
  Payment,
  PaymentAttempt,
  Refund,
  Notification,
  IdempotencyKey,
  ApiKey,
  OutboxMessage,
  DeadLetter,
  DeadLetterAction,
  DeadLetterJob,
];

/** In the sequence in which they run. */
const MIGRATIONS = [
  Initial1765000000000,
  OldSnapshots1766000001000,
  Requests1766000002000,
  Reads1766000003000,
  DeadLetterJobs1766000004000,
  StockAlertIndex1766002500000,
  DueNotifications1766002600000,
  OutboxIndexes1766002700000,
  Access1766004000000,
  MailQuotas1766005000000,
  WithheldMails1766005001000,
  AuditLog1766006000000,
  Erasures1766006001000,
  OrderLife1766010000000,
  OrderLifeIndexes1766010001000,
  Payments1766020000000,
  Shipments1766030000000,
  MailsBySubject1766030001000,
  Returns1766030002000,
  MailSettings1766030003000,
  Webhooks1766040000000,
  ProcessReports1766050000000,
  DeadLetterGroups1766060000000,
  Corrections1766061000000,
  JourneyDetails1766080000000,
  DeadLetterReasons1766090000000,
  RetentionRuns1766100000000,
];

/** Creates the data source of the system's database. It is not connected; `initialize()` connects it. */
export function createDataSource(url: string, options?: ConnectionOptions): DataSource {
  return createPostgresDataSource(url, { entities: ENTITIES, migrations: MIGRATIONS }, options);
}
