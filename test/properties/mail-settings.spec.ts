import { createLogger, HealthChecks, Metrics, type Environment } from '@estoque/platform';
import type { MailerService } from '@nestjs-modules/mailer';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createTransport } from 'nodemailer';
import { SMTPServer } from 'smtp-server';
import { MailSettingsService } from '../../apps/api/src/notifications/mail-settings.service.js';
import { MailSenderService } from '../../apps/notify-worker/src/mail-sender.service.js';
import { NotificationService } from '../../apps/notify-worker/src/notification.service.js';
import { ACTOR, runConcurrently, TestShop } from '../support/test-shop.js';
import { until } from '../support/until.js';

const ANA = 'ana@example.com';
const environment = {
  MAIL_FROM: 'shop@example.com',
  MAIL_SENDING: 'on',
  POLL_INTERVAL_MS: 100,
  MAILS_PER_RECIPIENT_PER_HOUR: 100,
  STOCK_ALERTS_PER_HOUR: 100,
} as Environment;

/** A real PostgreSQL and a real mail server, which answers each recipient as the test says. */
describe('Mail settings', () => {
  const logger = createLogger('test', { LOG_LEVEL: 'silent' });
  let shop: TestShop;
  let server: SMTPServer;
  let answer: string | undefined;
  const accepted: string[] = [];
  let sender: MailSenderService;
  let settings: MailSettingsService;
  let product_id: number;

  beforeAll(async () => {
    shop = await TestShop.open({ workers: 6 });
    product_id = await shop.createProduct(100);
    settings = new MailSettingsService(shop.unitOfWork);
    server = new SMTPServer({
      disabledCommands: ['STARTTLS', 'AUTH'],
      authOptional: true,
      disableReverseLookup: true,
      logger: false,
      onRcptTo: ({ address }, _session, done) => {
        if (answer)
          return done(
            Object.assign(new Error(answer.slice(4)), { responseCode: Number(answer.slice(0, 3)) }),
          );
        accepted.push(address);
        done();
      },
      onData: (stream, _session, done) => stream.once('end', () => done()).resume(),
    });
    const listener = server.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const { port } = listener.address() as AddressInfo;
    const transport = createTransport({ host: '127.0.0.1', port, secure: false, ignoreTLS: true });
    const mailer = {
      sendMail: ({ from, to, subject, text }: Parameters<MailerService['sendMail']>[0]) =>
        transport.sendMail({ from, to, subject, text }),
    } as unknown as MailerService;
    sender = new MailSenderService(
      shop.unitOfWork,
      mailer,
      environment,
      logger,
      new HealthChecks(),
      new Metrics(),
    );
    sender.onApplicationBootstrap();
  });
  beforeEach(async () => {
    answer = undefined;
    accepted.length = 0;
    await shop.dataSource.query('DELETE FROM mail_settings');
  });
  afterAll(async () => {
    await sender.onModuleDestroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
    await shop.close();
  });

  /** @returns id of an order of Ana that is shipped */
  async function shippedOrder() {
    const items = [{ product_id, quantity: 1 }];
    const id = await shop.createOrder(items);
    const shipment_id = await shop.unitOfWork.inTransaction(async ({ orders, shipments }) => {
      await orders.reserve([id]);
      await orders.process([id]);
      const created = await shipments.create({ order_id: id, items, isLast: true });
      await orders.ship(id, created, true);
      return created;
    });
    return { id, shipment_id };
  }
  const notifications = () => new NotificationService(shop.unitOfWork, sender);
  const mailsOf = (orderId: number) => shop.unitOfWork.read.notifications.list({ orderId, limit: 10 });
  /** Records a mail about a new order, and waits until it is sent or has failed. */
  async function mail() {
    const { id } = await shippedOrder();
    expect(await notifications().notify('order_processed', id)).toBe('recorded');
    return until('the mail to be settled', async () => {
      const [found] = await mailsOf(id);
      return found!.state !== 'pending' && found;
    });
  }
  const auditLog = () =>
    shop.dataSource.query<{ actor: string; address: string | null; before: object; after: object }[]>(
      `SELECT actor, address, before, after FROM audit_log WHERE action = 'mail_settings.changed' ORDER BY id`,
    );

  it('prevent mails that the customer has opted out of, and no others', async () => {
    await settings.optOut('ANA@example.com', ['order_shipped'], ACTOR);
    const { id, shipment_id } = await shippedOrder();
    expect(await notifications().notify('order_shipped', id, shipment_id)).toBe('opted_out');
    expect(await notifications().notify('order_shipped', id, shipment_id)).toBe('duplicate');
    expect(await notifications().notify('order_processed', id)).toBe('recorded');
    expect((await mailsOf(id)).map(({ kind }) => kind)).toEqual(['order_processed']);

    await settings.optOut(ANA, [], ACTOR);
    const next = await shippedOrder();
    expect(await notifications().notify('order_shipped', next.id, next.shipment_id)).toBe('recorded');
  });

  it('suppress an address that does not exist after the first mail to it', async () => {
    answer = '550 5.1.1 user unknown';
    expect(await mail()).toMatchObject({ state: 'failed', attempts: 1 });
    expect(await settings.get(ANA)).toMatchObject({
      suppressed_at: expect.any(String) as string,
      suppression: expect.stringContaining('5.1.1') as string,
    });
    answer = undefined;
    expect(await mail()).toMatchObject({
      state: 'failed',
      last_error: 'not sent: the address is suppressed, because it refused a mail before',
    });
    expect(accepted).toEqual([]);

    await settings.endSuppression(ANA, ACTOR);
    expect(await mail()).toMatchObject({ state: 'sent' });
    expect(accepted).toEqual([ANA]);
  });

  it.each(['550 5.7.1 blocked', '554 no'])(
    'do not suppress an address after the answer %s',
    async (refusal) => {
      answer = refusal;
      expect(await mail()).toMatchObject({ state: 'failed' });
      answer = undefined;
      expect(await mail()).toMatchObject({ state: 'sent' });
    },
  );

  it('suppress an address on request; the first reason stays, and each change is in the audit log', async () => {
    const before = (await auditLog()).length;
    const reasons = await runConcurrently(5, (index) => settings.suppress(ANA, `bounce ${index}`, ACTOR));
    expect(new Set(reasons.map(({ suppression }) => suppression)).size).toBe(1);
    expect(await mail()).toMatchObject({ state: 'failed' });
    await settings.optOut(ANA, ['order_returned'], { id: 'customer:iss ana', address: '192.0.2.1' }, ANA);
    const entries = (await auditLog()).slice(before);
    expect(entries.at(0)).toEqual({
      actor: ACTOR.id,
      address: ACTOR.address,
      before: { opted_out: [], suppressed: false },
      after: { opted_out: [], suppressed: true },
    });
    // A customer is not named.
    expect(entries.at(-1)).toEqual({
      actor: 'customer:own',
      address: null,
      before: { opted_out: [], suppressed: true },
      after: { opted_out: ['order_returned'], suppressed: true },
    });
    expect((await settings.get(ANA, ANA)).suppression).toBeNull();
  });

  it('are deleted with the last order of a customer', async () => {
    await settings.optOut(ANA, ['order_shipped'], ACTOR);
    await settings.optOut('rui@example.com', ['order_shipped'], ACTOR);
    const erase = () =>
      shop.unitOfWork.inTransaction(({ mailSettings }) =>
        mailSettings.eraseWithoutOrders([ANA.toUpperCase(), 'rui@example.com']),
      );
    await shippedOrder();
    await erase();
    expect(await settings.get(ANA)).toMatchObject({ opted_out: ['order_shipped'] });
    expect(await settings.get('rui@example.com')).toMatchObject({ opted_out: [] });
  });
});
