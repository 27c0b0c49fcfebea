import {
  assertConnected,
  RowLocked,
  sqlClientInTransaction,
  sqlClientOf,
  unwrapDriverError,
  type LockWaits,
  type SqlClient,
} from '@estoque/database';
import {
  Outbox,
  type EncodedEvent,
  type LockMode,
  type OutboxRelay,
  type StoredEvents,
} from '@estoque/messaging';
import { inSpan, hasActiveTrace, traceLinks, type SpanStart } from '@estoque/platform';
import { SpanKind } from '@opentelemetry/api';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource, EntityManager } from 'typeorm';
import { ApiKeyRepository } from './api-key/api-key.repository.js';
import { AuditLogRepository } from './audit-log/audit-log.repository.js';
import { catalogue, type PublisherName } from './events/catalogue.js';
import { FlowSampleRepository } from './flow/flow-sample.repository.js';
import { ReturnRepository } from './fulfilment/return.repository.js';
import { ShipmentRepository } from './fulfilment/shipment.repository.js';
import { IdempotencyRepository } from './idempotency/idempotency.repository.js';
import { MailQuotaRepository } from './notification/mail-quota.repository.js';
import { MailSettingsRepository } from './notification/mail-settings.repository.js';
import { NotificationRepository } from './notification/notification.repository.js';
import { PendingNotificationRepository } from './notification/pending-notification.repository.js';
import { OpenOrderRepository } from './order/open-order.repository.js';
import { OrderJourneyRepository } from './journey/order-journey.repository.js';
import { OrderDetailsRepository } from './order/order-details.repository.js';
import { OrderRepository } from './order/order.repository.js';
import { PaymentDetailsRepository } from './payment/payment-details.repository.js';
import { PaymentRepository } from './payment/payment.repository.js';
import { RefundRepository } from './payment/refund.repository.js';
import { ErasureRepository } from './personal-data/erasure.repository.js';
import { PersonalDataRepository } from './personal-data/personal-data.repository.js';
import { ProcessReportRepository } from './processes/process-report.repository.js';
import { ProductRepository } from './product/product.repository.js';
import { RetentionRepository } from './retention/retention.repository.js';
import { RetentionRunRepository } from './retention/retention-runs.js';
import { RowLocks, type Row } from './row-locks.js';
import { ActiveReservationRepository } from './stock/active-reservation.repository.js';
import { LedgerRepairRepository } from './stock/ledger-repair.repository.js';
import { ReservationRepository } from './stock/reservation.repository.js';
import { StockRepository } from './stock/stock.repository.js';
import { TransactionCounters } from './transaction-counters.js';
import { WebhookDeliveryRepository } from './webhook/webhook-delivery.repository.js';
import { WebhookEndpointRepository } from './webhook/webhook-endpoint.repository.js';

/** All repositories on one connection. */
export class Repositories {
  readonly orders: OrderRepository;
  readonly openOrders: OpenOrderRepository;
  readonly orderDetails: OrderDetailsRepository;
  readonly products: ProductRepository;
  readonly stock: StockRepository;
  readonly ledgerRepair: LedgerRepairRepository;
  readonly reservations: ReservationRepository;
  readonly activeReservations: ActiveReservationRepository;
  readonly notifications: NotificationRepository;
  readonly pendingNotifications: PendingNotificationRepository;
  readonly mailQuotas: MailQuotaRepository;
  readonly mailSettings: MailSettingsRepository;
  readonly retention: RetentionRepository;
  readonly retentionRuns: RetentionRunRepository;
  readonly idempotency: IdempotencyRepository;
  readonly apiKeys: ApiKeyRepository;
  readonly auditLog: AuditLogRepository;
  readonly erasures: ErasureRepository;
  readonly personalData: PersonalDataRepository;
  readonly shipments: ShipmentRepository;
  readonly returns: ReturnRepository;
  readonly payments: PaymentRepository;
  readonly paymentDetails: PaymentDetailsRepository;
  readonly refunds: RefundRepository;
  readonly webhookEndpoints: WebhookEndpointRepository;
  readonly webhookDeliveries: WebhookDeliveryRepository;
  readonly flowSamples: FlowSampleRepository;
  readonly processReports: ProcessReportRepository;
  readonly journeys: OrderJourneyRepository;

  constructor(manager: EntityManager, counters = new TransactionCounters()) {
    this.orders = new OrderRepository(manager, counters);
    this.openOrders = new OpenOrderRepository(manager);
    this.orderDetails = new OrderDetailsRepository(manager);
    this.products = new ProductRepository(manager);
    this.stock = new StockRepository(manager);
    this.ledgerRepair = new LedgerRepairRepository(manager);
    this.reservations = new ReservationRepository(manager);
    this.activeReservations = new ActiveReservationRepository(manager);
    this.notifications = new NotificationRepository(manager);
    this.pendingNotifications = new PendingNotificationRepository(manager);
    this.mailQuotas = new MailQuotaRepository(manager);
    this.mailSettings = new MailSettingsRepository(manager);
    this.retention = new RetentionRepository(manager);
    this.retentionRuns = new RetentionRunRepository(manager);
    this.idempotency = new IdempotencyRepository(manager);
    this.apiKeys = new ApiKeyRepository(manager);
    this.auditLog = new AuditLogRepository(manager);
    this.erasures = new ErasureRepository(manager);
    this.personalData = new PersonalDataRepository(manager);
    this.shipments = new ShipmentRepository(manager);
    this.returns = new ReturnRepository(manager);
    this.payments = new PaymentRepository(manager);
    this.paymentDetails = new PaymentDetailsRepository(manager);
    this.refunds = new RefundRepository(manager);
    this.webhookEndpoints = new WebhookEndpointRepository(manager);
    this.webhookDeliveries = new WebhookDeliveryRepository(manager);
    this.flowSamples = new FlowSampleRepository(manager);
    this.processReports = new ProcessReportRepository(manager);
    this.journeys = new OrderJourneyRepository(manager);
  }
}

/** The repositories of one transaction, and its outbox, which accepts only events whose contract lists `App`. */
export type Transaction<App extends PublisherName = never> = Repositories & {
  outbox: Outbox<typeof catalogue, App>;
  /** Locks those of the rows that no other session has locked, without waiting. @returns the locked ones */
  lockFree: (rows: Row[]) => Promise<Set<Row>>;
  /** For the tables that libs/messaging writes. */
  sql: SqlClient;
};

/** A transaction that is rolled back, with a unit of work that runs in it, and the events that it would publish. */
export interface RolledBackTransaction<App extends PublisherName = never> {
  unitOfWork: UnitOfWork<App>;
  sql: SqlClient;
  events: readonly EncodedEvent[];
}

/** The repositories for reading without a transaction. */
export type Reads = Repositories & {
  /** For the tables that libs/messaging writes. */
  sql: SqlClient;
};

/** SQLSTATE deadlock_detected and serialization_failure. The transaction is rolled back; a new attempt can succeed. */
const RETRYABLE = new Set(['40P01', '40001']);
const MAX_TRIES = 5;

/**
 * The only place that opens transactions with repositories.
 *
 * A service declares its app, as in `UnitOfWork<'order-worker'>`. By type, a service without an app name can publish no
 * event; at run time the outbox accepts only events whose contract lists the running app.
 */
export class UnitOfWork<App extends PublisherName = never> {
  readonly rowLocks: RowLocks;
  private readPool?: { dataSource: DataSource };

  constructor(
    private readonly dataSource: DataSource,
    private readonly relay: Pick<OutboxRelay, 'enqueue' | 'ready'>,
    private readonly app: string,
    /** Receives the counters of a transaction after it has committed. */
    private readonly recordCounters: (counters: TransactionCounters) => void = () => undefined,
    lockWaits?: LockWaits,
  ) {
    this.rowLocks = new RowLocks(dataSource, lockWaits);
  }

  /**
   * Runs `work` in one transaction: all its changes and events are stored, or none. `work` may run more than once,
   * because a deadlock or serialization failure is retried.
   *
   * @throws OutcomeUnknown if the changes may be stored although the commit was not answered with success. After any
   * other error, nothing is stored
   */
  inTransaction<Result>(work: (transaction: Transaction<App>) => Promise<Result>): Promise<Result> {
    // A poll belongs to no trace, so its transaction gets no span.
    return hasActiveTrace()
      ? inSpan(transactionSpan, () => this.runWithRetries(work))
      : this.runWithRetries(work);
  }

  /**
   * Runs `work` for the items of a batch in one transaction.
   *
   * @param lockMode `skip`: items with a row that another session has locked are left out; `work` then waits for no row
   * @param rowsOf the rows that `work` locks for an item
   * @returns a result for each item: the one of `work`, or RowLocked
   */
  async inBatch<Item extends object, Result>(
    items: Item[],
    lockMode: LockMode,
    rowsOf: (item: Item) => Row[],
    work: (items: Item[], transaction: Transaction<App>) => Promise<(Result | Error)[]>,
  ): Promise<(Result | Error)[]> {
    if (lockMode === 'wait') return this.inTransaction((transaction) => work(items, transaction));
    const results = new Map<Item, Result | Error>();
    await this.inTransaction(async (transaction) => {
      const locked = await transaction.lockFree(items.flatMap(rowsOf));
      for (const item of items) {
        const lockedRows = rowsOf(item).filter((row) => locked.has(row));
        if (lockedRows.length > 0) results.set(item, new RowLocked(lockedRows));
      }
      const free = items.filter((item) => !results.has(item));
      if (free.length === 0) return;
      const freeResults = await work(free, transaction);
      free.forEach((item, index) => results.set(item, freeResults[index]!));
    });
    return items.map((item) => results.get(item)!);
  }

  /**
   * Transactions that lock these rows. Of the callers of this process that need the same row, one runs at a time, so that
   * a row which another session holds occupies one connection. `inTransaction` throws RowLocked if another session holds
   * one of the rows.
   */
  locking(rows: Row[]): Pick<UnitOfWork<App>, 'inTransaction'> {
    return { inTransaction: (work) => this.rowLocks.runInTurn(rows, () => this.inTransaction(work)) };
  }

  /**
   * Runs `work` in a transaction that is rolled back. The unit of work that `work` gets runs its transactions in that one,
   * so each sees the changes of the earlier ones. It waits for locks as briefly as any transaction.
   */
  async rollBackAfter<Result>(
    work: (transaction: RolledBackTransaction<App>) => Promise<Result>,
  ): Promise<Result> {
    assertConnected(this.dataSource);
    const runner = this.dataSource.createQueryRunner();
    try {
      await runner.connect();
      await runner.startTransaction();
      const { manager } = runner;
      const dataSource = {
        isInitialized: true,
        manager,
        // With a savepoint, because a statement that fails would abort the whole transaction.
        query: (...statement: Parameters<EntityManager['query']>) =>
          manager.transaction((nested) => nested.query(...statement)),
        transaction: (run: (nested: EntityManager) => Promise<unknown>) => manager.transaction(run),
      } as unknown as DataSource;
      const events: EncodedEvent[] = [];
      const relay = { ready: true, enqueue: ({ stored }: StoredEvents) => void events.push(...stored) };
      const unitOfWork = new UnitOfWork<App>(dataSource, relay, this.app);
      return await work({ unitOfWork, sql: sqlClientInTransaction(manager), events });
    } finally {
      // A transaction that has not ended is a savepoint, which is rolled back first.
      while (runner.isTransactionActive) await runner.rollbackTransaction();
      await runner.release();
    }
  }

  /** Lets `read` use connections of its own. */
  readThrough(pool: { dataSource: DataSource }) {
    this.readPool = pool;
  }

  /** Repositories for reading without a transaction. @throws AppError `overloaded`, `database_unavailable` */
  get read(): Reads {
    return readsOf(this.readPool?.dataSource ?? this.dataSource);
  }

  /**
   * Like `read`, for what a change has to know beforehand: on the connections of the transactions, so that no change
   * waits for reads.
   */
  get readForChange(): Reads {
    return readsOf(this.dataSource);
  }

  private async runWithRetries<Result>(
    work: (transaction: Transaction<App>) => Promise<Result>,
  ): Promise<Result> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.runOnce(work);
      } catch (error) {
        if (attempt === MAX_TRIES || !RETRYABLE.has((error as { code: string }).code))
          throw unwrapDriverError(error);
        await sleep(Math.random() * 20 * attempt);
      }
    }
  }

  private async runOnce<Result>(work: (transaction: Transaction<App>) => Promise<Result>): Promise<Result> {
    assertConnected(this.dataSource);
    let events: StoredEvents = { stored: [], leased: [], hasUnleased: false };
    const counters = new TransactionCounters();
    const result = await this.dataSource.transaction(async (manager) => {
      const outbox = new Outbox<typeof catalogue, App>(catalogue, this.app);
      const lockFree = (rows: Row[]) => this.rowLocks.lockFree(manager, rows);
      const sql = sqlClientInTransaction(manager);
      const workResult = await work(
        Object.assign(new Repositories(manager, counters), { outbox, lockFree, sql }),
      );
      events = await outbox.store(manager, this.relay.ready);
      return workResult;
    });
    this.recordCounters(counters);
    this.relay.enqueue(events);
    return result;
  }
}

/** @throws AppError `database_unavailable` before the first connection */
function readsOf(dataSource: DataSource): Reads {
  assertConnected(dataSource);
  return Object.assign(new Repositories(dataSource.manager), { sql: sqlClientOf(dataSource) });
}

/** The span of a batch's transaction starts a new trace and links to the traces of the items. */
function transactionSpan(): SpanStart {
  const links = traceLinks();
  return {
    name: 'transaction',
    kind: SpanKind.CLIENT,
    links,
    attributes: {
      'db.system.name': 'postgresql',
      ...(links.length > 0 && { 'db.operation.batch.size': links.length }),
    },
  };
}
