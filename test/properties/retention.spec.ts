import { mailLimitsOf, recordRun, StockAudit } from '@estoque/domain';
import { createLogger, HealthChecks, Metrics, type Environment } from '@estoque/platform';
import type { MailerService } from '@nestjs-modules/mailer';
import { MailSenderService } from '../../apps/notify-worker/src/mail-sender.service.js';
import { NotificationService } from '../../apps/notify-worker/src/notification.service.js';
import { StockAlertService } from '../../apps/notify-worker/src/stock-alert.service.js';
import { OrderReservationService } from '../../apps/order-worker/src/order-reservation.service.js';
import { RetentionService } from '../../apps/order-worker/src/retention.service.js';
import { StockDeductionService } from '../../apps/stock-worker/src/stock-deduction.service.js';
import { TestShop, barrier, runConcurrently } from '../support/test-shop.js';

const DAYS = 30;
const environment = {
  RESERVATION_TTL_SECONDS: 3_600,
  POLL_INTERVAL_MS: 3_600_000,
  MAIL_FROM: 'shop@example.com',
  MAIL_SENDING: 'paused',
  STOCK_ALERT_EMAIL: 'stock@example.com',
  STOCK_ALERT_LOCALE: 'en',
  MAILS_PER_RECIPIENT_PER_HOUR: 100,
  STOCK_ALERTS_PER_HOUR: 100,
  RETENTION_DAYS: DAYS,
} as Environment;
const logger = createLogger('test', { LOG_LEVEL: 'silent' });

/** Uses real services and a real PostgreSQL. There is no broker, so the tests call handlers twice, and no mail server. */
describe('Retention', () => {
  let shop: TestShop;
  let items: { product_id: number; quantity: number }[];
  beforeAll(async () => {
    shop = await TestShop.open({ workers: 4 });
    items = [{ product_id: await shop.createProduct(100), quantity: 1 }];
  });
  afterAll(() => shop.close());

  const prune = (settings = environment) => new RetentionService(shop.unitOfWork, settings, logger).prune();
  const createMailSender = () =>
    new MailSenderService(
      shop.unitOfWork,
      {} as MailerService,
      environment,
      logger,
      new HealthChecks(),
      new Metrics(),
    );
  const notify = (order_id: number) =>
    new NotificationService(shop.unitOfWork, createMailSender()).notify('order_processed', order_id);
  const markAllMailsSent = () =>
    shop.unitOfWork.inTransaction(async ({ pendingNotifications, orders }) => {
      const { claimed } = await pendingNotifications.claimDue(100, mailLimitsOf(environment));
      await pendingNotifications.markSent(claimed.map(({ id }) => id));
      await orders.recordNotified(claimed.map(({ order_id }) => order_id).filter((id) => id !== null));
    });

  /** @returns the id of an open order: its stock is reserved */
  async function createOpenOrder() {
    const order_id = await shop.createOrder(items);
    await new OrderReservationService(shop.unitOfWorkOf('order-worker'), environment).reserve({
      order_id,
      items,
    });
    return order_id;
  }
  /** @returns the id of a processed order whose mail is pending */
  async function createClosedOrder() {
    const order_id = await createOpenOrder();
    await new StockDeductionService(shop.unitOfWorkOf('stock-worker')).deduct({ order_id, items });
    expect(await notify(order_id)).toBe('recorded');
    // For the queues of other workers, if there are any.
    await shop.confirmEvents(order_id);
    return order_id;
  }
  /** @returns the id of a processed order whose mail was sent */
  async function createNotifiedOrder() {
    const order_id = await createClosedOrder();
    await markAllMailsSent();
    return order_id;
  }
  /** Moves all timestamps back, as if `days` had passed. */
  async function passDays(days: number) {
    for (const sql of [
      `UPDATE orders SET created_at = created_at - $1::interval, updated_at = updated_at - $1::interval,
              closed_at = closed_at - $1::interval`,
      'UPDATE order_timeline SET at = at - $1::interval',
      'UPDATE notifications SET created_at = created_at - $1::interval, sent_at = sent_at - $1::interval',
    ])
      await shop.dataSource.query(sql, [`${days} days`]);
  }
  const readSteps = async (id: number) =>
    (await shop.unitOfWork.read.orderDetails.get(id)).timeline.map(({ step }) => step);
  const readMailStates = async (orderId: number) =>
    (await shop.unitOfWork.read.notifications.list({ orderId, limit: 10 })).map(({ state }) => state);
  const readMailId = async (orderId: number) =>
    (await shop.unitOfWork.read.notifications.list({ orderId, limit: 1 }))[0]!.id;
  const ALL_STEPS = ['pending', 'reserved', 'processed', 'notified'];

  it('prunes closed orders that are older than the retention period, and keeps younger ones', async () => {
    const old = await createNotifiedOrder();
    await passDays(2);
    const young = await createNotifiedOrder();
    await passDays(DAYS - 1);
    await prune();
    expect([await readSteps(old), await readMailStates(old)]).toEqual([[], []]);
    expect([await readSteps(young), await readMailStates(young)]).toEqual([ALL_STEPS, ['sent']]);
  });

  it('records its latest run, the latest deletion, and why a run failed', async () => {
    const data = 'timelines_and_mails';
    const lastRun = async () =>
      (await shop.unitOfWork.read.retentionRuns.list()).find((run) => run.data === data)!;
    const deletion = await lastRun();
    expect(deletion).toMatchObject({ deleted: 5, error: null, last_deletion_count: 5 });
    await prune();
    const unchanged = { last_deletion_at: deletion.last_deletion_at, last_deletion_count: 5 };
    expect(await lastRun()).toMatchObject({ deleted: 0, error: null, ...unchanged });
    const failing = recordRun(shop.unitOfWork, data, () => Promise.reject(new Error('lock timeout')));
    await expect(failing).rejects.toThrow('lock timeout');
    expect(await lastRun()).toMatchObject({ deleted: 0, error: 'lock timeout', ...unchanged });
    await runConcurrently(4, () => prune());
    const last = await lastRun();
    expect(last).toMatchObject({ error: null, ...unchanged });
    expect(last.ended_at.getTime()).toBeGreaterThan(deletion.ended_at.getTime());
  });

  it('prunes in several batches', async () => {
    const id = await createNotifiedOrder();
    await shop.dataSource.query(
      `INSERT INTO order_timeline (order_id, step) SELECT $1, 'notified' FROM generate_series(1, 2500)`,
      [id],
    );
    await passDays(DAYS + 1);
    await prune();
    expect(await readSteps(id)).toEqual([]);
  });

  it('keeps open orders, and mails that are pending, failed or to be sent again', async () => {
    const open = await createOpenOrder();
    const [failed, resent] = [await createNotifiedOrder(), await createNotifiedOrder()];
    const waiting = await createClosedOrder();
    const [failedMailId, resentMailId] = [await readMailId(failed), await readMailId(resent)];
    await shop.unitOfWork.inTransaction(({ pendingNotifications }) =>
      pendingNotifications.markFailed(failedMailId, 'no such address'),
    );
    await passDays(DAYS + 1);
    await shop.unitOfWork.inTransaction(({ notifications }) =>
      notifications.resend(resentMailId, mailLimitsOf(environment)),
    );
    await prune();
    expect(await readSteps(open)).toEqual(['pending', 'reserved']);
    expect(await readMailStates(failed)).toEqual(['failed']);
    expect(await readMailStates(resent)).toEqual(['pending']);
    expect(await readMailStates(waiting)).toEqual(['pending']);

    // A mail that is pending longer than the retention period is still sent, although its order's timeline is pruned.
    expect(await readSteps(waiting)).toEqual([]);
    await markAllMailsSent();
    await prune();
    expect([await readSteps(waiting), await readMailStates(waiting)]).toEqual([[], ['sent']]);
  });

  it('prunes mails that were withheld, and keeps younger ones', async () => {
    const withhold = async () => {
      const order_id = await createClosedOrder();
      const limits = { orders: 1, alerts: 1 };
      const claim = () =>
        shop.unitOfWork.inTransaction((all) => all.pendingNotifications.claimDue(100, limits));
      expect((await claim()).withheld).toMatchObject([{ order_id }]);
      return order_id;
    };
    await createNotifiedOrder();
    const old = await withhold();
    await passDays(DAYS + 1);
    // Mails of today: one about an order that is past the retention period, and one about a new order.
    const late = await withhold();
    await shop.dataSource.query(
      `UPDATE orders SET created_at = now() - make_interval(days => $2, hours => 1) WHERE id = $1`,
      [late, DAYS],
    );
    const young = await withhold();
    await prune();
    expect(await readMailStates(old)).toEqual([]);
    expect([await readMailStates(late), await readMailStates(young)]).toEqual([['withheld'], ['withheld']]);
  });

  it('keeps everything if RETENTION_DAYS is unset', async () => {
    const id = await createNotifiedOrder();
    await passDays(36_500);
    await prune({ ...environment, RETENTION_DAYS: undefined });
    expect([await readSteps(id), await readMailStates(id)]).toEqual([ALL_STEPS, ['sent']]);
  });

  it('does not handle or mail a pruned order again if a duplicate message arrives', async () => {
    const order_id = await createNotifiedOrder();
    await passDays(DAYS + 1);
    await prune();
    const [reservations, deductions] = [
      new OrderReservationService(shop.unitOfWorkOf('order-worker'), environment),
      new StockDeductionService(shop.unitOfWorkOf('stock-worker')),
    ];
    expect(await reservations.reserve({ order_id, items })).toBe('duplicate');
    expect(await deductions.deduct({ order_id, items })).toBe('duplicate');
    expect(await notify(order_id)).toBe('duplicate');
    expect([await readSteps(order_id), await readMailStates(order_id)]).toEqual([[], []]);
  });

  it('keeps low-stock alerts, because only their row prevents a second mail', async () => {
    const product = await shop.createProduct(1);
    const change = await shop.unitOfWork.inTransaction(({ stock }) =>
      stock.recordMovement(product, 'adjustment', -1, 'sold out'),
    );
    const alerts = new StockAlertService(shop.unitOfWork, createMailSender(), environment);
    const alert = () => alerts.alert([change]);
    expect(await alert()).toBe('recorded');
    await createNotifiedOrder();
    await passDays(DAYS + 1);
    await prune();
    expect(await alert()).toBe('duplicate');
  });

  it('does not affect the audit: the stock ledger reconciles after pruning', async () => {
    await createNotifiedOrder();
    await passDays(DAYS + 1);
    await prune();
    const audit = new StockAudit({
      query: <Row>(sql: string) => shop.dataSource.query<Row[]>(sql),
    });
    expect((await audit.run()).discrepancies).toEqual([]);
  });

  it('runs in two processes concurrently, without waiting for each other', async () => {
    for (let i = 0; i < 6; i++) await createNotifiedOrder();
    await passDays(DAYS + 1);
    const range = { from: 0, to: Number.MAX_SAFE_INTEGER };
    const bothHavePruned = barrier(2);
    const pruned = await runConcurrently(2, () =>
      shop.unitOfWork.inTransaction(async ({ retention }) => {
        const entries = await retention.pruneTimeline(DAYS, { ...range, limit: 12 });
        const mails = await retention.pruneMails(DAYS, { ...range, limit: 3 });
        await bothHavePruned();
        return [entries.count, mails.count];
      }),
    );
    expect(pruned).toEqual([
      [12, 3],
      [12, 3],
    ]);
  });
});
