import { StockAudit } from '@estoque/domain';
import { createLogger, HealthChecks, Metrics, type Environment } from '@estoque/platform';
import type { MailerService } from '@nestjs-modules/mailer';
import { MailSenderService } from '../../apps/notify-worker/src/mail-sender.service.js';
import { NotificationService } from '../../apps/notify-worker/src/notification.service.js';
import { StockAlertService } from '../../apps/notify-worker/src/stock-alert.service.js';
import { OrderReservationService } from '../../apps/order-worker/src/order-reservation.service.js';
import { RetentionService } from '../../apps/order-worker/src/retention.service.js';
import { StockDeductionService } from '../../apps/stock-worker/src/stock-deduction.service.js';
import { Shop, barrier, runConcurrently } from '../support/shop.js';

const DAYS = 30;
const environment = {
  RESERVATION_TTL_SECONDS: 3_600,
  POLL_INTERVAL_MS: 3_600_000,
  MAIL_FROM: 'shop@example.com',
  MAIL_SENDING: 'paused',
  STOCK_ALERT_EMAIL: 'stock@example.com',
  RETENTION_DAYS: DAYS,
} as Environment;
const logger = createLogger('test', { LOG_LEVEL: 'silent' });

/** Real: the services and PostgreSQL. Left out: the broker, whose repeats are the test's own, and the mail server. */
describe('What has outlived the retention', () => {
  let shop: Shop;
  let items: { product_id: number; quantity: number }[];
  beforeAll(async () => {
    shop = await Shop.open({ workers: 4 });
    items = [{ product_id: await shop.product(100), quantity: 1 }];
  });
  afterAll(() => shop.close());

  const prune = (settings = environment) => new RetentionService(shop.unitOfWork, settings, logger).prune();
  const sender = () =>
    new MailSenderService(
      shop.unitOfWork,
      {} as MailerService,
      environment,
      logger,
      new HealthChecks(),
      new Metrics(),
    );
  const notify = (order_id: number) =>
    new NotificationService(shop.unitOfWork, sender()).notify('order_processed', order_id);
  const sendAll = () =>
    shop.unitOfWork.inTransaction(async ({ notifications, orders }) => {
      const sent = await notifications.claimDue(100);
      await notifications.markSent(sent.map(({ id }) => id));
      await orders.recordNotified(sent.map(({ order_id }) => order_id).filter((id) => id !== null));
    });

  /** Reserved: open. */
  async function openOrder() {
    const order_id = await shop.order(items);
    await new OrderReservationService(shop.unitOfWorkOf('order-worker'), environment).reserve({
      order_id,
      items,
    });
    return order_id;
  }
  /** Its mail is recorded, and it is closed. */
  async function closedOrder() {
    const order_id = await openOrder();
    await new StockDeductionService(shop.unitOfWorkOf('stock-worker')).deduct({ order_id, items });
    expect(await notify(order_id)).toBe('recorded');
    return order_id;
  }
  async function toldOrder() {
    const order_id = await closedOrder();
    await sendAll();
    return order_id;
  }
  /** Lets all that happened up to now have happened so long ago. */
  async function pass(days: number) {
    for (const sql of [
      `UPDATE orders SET created_at = created_at - $1::interval, updated_at = updated_at - $1::interval,
              closed_at = closed_at - $1::interval`,
      'UPDATE order_timeline SET at = at - $1::interval',
      'UPDATE notifications SET created_at = created_at - $1::interval, sent_at = sent_at - $1::interval',
    ])
      await shop.dataSource.query(sql, [`${days} days`]);
  }
  const stepsOf = async (id: number) =>
    (await shop.unitOfWork.read.orderDetails.get(id)).timeline.map(({ step }) => step);
  const mailsOf = async (orderId: number) =>
    (await shop.unitOfWork.read.notifications.list({ orderId, limit: 10 })).map(({ state }) => state);
  const mailOf = async (orderId: number) =>
    (await shop.unitOfWork.read.notifications.list({ orderId, limit: 1 }))[0]!.id;
  const ALL_STEPS = ['pending', 'reserved', 'processed', 'notified'];

  it('goes, and what is younger stays', async () => {
    const old = await toldOrder();
    await pass(2);
    const young = await toldOrder();
    await pass(DAYS - 1);
    await prune();
    expect([await stepsOf(old), await mailsOf(old)]).toEqual([[], []]);
    expect([await stepsOf(young), await mailsOf(young)]).toEqual([ALL_STEPS, ['sent']]);
  });

  it('goes in more batches than one', async () => {
    const id = await toldOrder();
    await shop.dataSource.query(
      `INSERT INTO order_timeline (order_id, step) SELECT $1, 'notified' FROM generate_series(1, 2500)`,
      [id],
    );
    await pass(DAYS + 1);
    await prune();
    expect(await stepsOf(id)).toEqual([]);
  });

  it('stays while its order is open, its mail waits or was refused, or is sent once more', async () => {
    const open = await openOrder();
    const [failed, resent] = [await toldOrder(), await toldOrder()];
    const waiting = await closedOrder();
    const [toFail, toResend] = [await mailOf(failed), await mailOf(resent)];
    await shop.unitOfWork.inTransaction(({ notifications }) =>
      notifications.markFailed(toFail, 'no such address'),
    );
    await pass(DAYS + 1);
    await shop.unitOfWork.inTransaction(({ notifications }) => notifications.resend(toResend));
    await prune();
    expect(await stepsOf(open)).toEqual(['pending', 'reserved']);
    expect(await mailsOf(failed)).toEqual(['failed']);
    expect(await mailsOf(resent)).toEqual(['pending']);
    expect(await mailsOf(waiting)).toEqual(['pending']);

    // The mail that waited longer than its order's timeline was kept is sent all the same.
    expect(await stepsOf(waiting)).toEqual([]);
    await sendAll();
    await prune();
    expect([await stepsOf(waiting), await mailsOf(waiting)]).toEqual([[], ['sent']]);
  });

  it('stays where there is no retention', async () => {
    const id = await toldOrder();
    await pass(36_500);
    await prune({ ...environment, RETENTION_DAYS: undefined });
    expect([await stepsOf(id), await mailsOf(id)]).toEqual([ALL_STEPS, ['sent']]);
  });

  it('is not done or told a second time by a message that comes after all', async () => {
    const order_id = await toldOrder();
    await pass(DAYS + 1);
    await prune();
    const [reservations, deductions] = [
      new OrderReservationService(shop.unitOfWorkOf('order-worker'), environment),
      new StockDeductionService(shop.unitOfWorkOf('stock-worker')),
    ];
    expect(await reservations.reserve({ order_id, items })).toBe('duplicate');
    expect(await deductions.deduct({ order_id, items })).toBe('duplicate');
    expect(await notify(order_id)).toBe('duplicate');
    expect([await stepsOf(order_id), await mailsOf(order_id)]).toEqual([[], []]);
  });

  it('is no alert of low stock, which nothing else remembers', async () => {
    const [movement] = await shop.dataSource.query<{ id: number }[]>('SELECT id FROM movements');
    const alerts = new StockAlertService(shop.unitOfWork, sender(), environment);
    const change = { ...items[0]!, quantity: -100, on_hand: 0, reserved: 0, available: 0 };
    const alert = () => alerts.alert([{ ...change, movement_id: movement!.id }]);
    expect(await alert()).toBe('recorded');
    await toldOrder();
    await pass(DAYS + 1);
    await prune();
    expect(await alert()).toBe('duplicate');
  });

  it('is in no book: they balance without it', async () => {
    await toldOrder();
    await pass(DAYS + 1);
    await prune();
    const audit = new StockAudit({
      query: <Row>(sql: string) => shop.dataSource.query<Row[]>(sql),
      queryWithAdvisoryLock: () => Promise.reject(new Error('not for an audit')),
    });
    expect(await audit.run()).toEqual([]);
  });

  it('is shared by two that prune at once, who do not wait for each other', async () => {
    for (let i = 0; i < 6; i++) await toldOrder();
    await pass(DAYS + 1);
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
