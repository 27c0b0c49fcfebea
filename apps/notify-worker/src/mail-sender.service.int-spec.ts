import { createLogger, HealthChecks, Metrics, type Environment } from '@estoque/platform';
import type { MailerService } from '@nestjs-modules/mailer';
import { TestShop } from '../../../test/support/test-shop.js';
import { until } from '../../../test/support/until.js';
import { MailSenderService, SMTP_CONNECTIONS } from './mail-sender.service.js';

/** PostgreSQL and the sender are real. The mailer is a stub whose mails stay in flight until the test completes them. */
describe('MailSenderService', () => {
  const logger = createLogger('test', { LOG_LEVEL: 'silent' });
  let shop: TestShop;
  let sender: MailSenderService;
  let inFlight: (() => void)[];
  let sentCount: number;
  beforeEach(async () => {
    shop = await TestShop.open({ workers: 4 });
    inFlight = [];
    sentCount = 0;
  });
  afterEach(async () => {
    completeAll();
    await sender.onModuleDestroy();
    await shop.close();
  });

  const completeAll = () => inFlight.splice(0).forEach((complete) => complete());

  function startSender(sending: Environment['MAIL_SENDING'] = 'on') {
    const mailer = {
      sendMail: () => new Promise<void>((complete) => inFlight.push(complete)).then(() => sentCount++),
    } as unknown as MailerService;
    const environment = {
      MAIL_FROM: 'shop@example.com',
      MAIL_SENDING: sending,
      POLL_INTERVAL_MS: 100,
      MAILS_PER_RECIPIENT_PER_HOUR: 20,
      STOCK_ALERTS_PER_HOUR: 20,
    } as Environment;
    sender = new MailSenderService(
      shop.unitOfWork,
      mailer,
      environment,
      logger,
      new HealthChecks(),
      new Metrics(),
    );
    sender.onApplicationBootstrap();
  }

  async function recordNotifications(count: number) {
    const product_id = await shop.createProduct(10);
    for (let i = 0; i < count; i++) {
      const order_id = await shop.createOrder([{ product_id, quantity: 1 }]);
      await shop.unitOfWork.inTransaction(({ notifications }) =>
        notifications.record([
          { order_id, kind: 'order_processed', recipient: 'ana@example.com', locale: 'en' },
        ]),
      );
    }
  }
  const readStates = () =>
    shop.dataSource.query<{ state: string; leased: boolean }[]>(
      'SELECT state, leased_until IS NOT NULL AS leased FROM notifications',
    );
  const countInState = async (state: string) =>
    (await readStates()).filter((notification) => notification.state === state).length;

  it('sends one mail after the other on each connection until all are sent', async () => {
    await recordNotifications(SMTP_CONNECTIONS + 5);
    startSender();
    await until('the connections to be in use', () => inFlight.length === SMTP_CONNECTIONS);
    inFlight.shift()!();
    await until('the next mail to be in flight', () => inFlight.length === SMTP_CONNECTIONS);
    expect(await countInState('sent')).toBe(1);
    await until('all mails to be sent', async () => {
      completeAll();
      return (await countInState('sent')) === SMTP_CONNECTIONS + 5;
    });
    expect(sentCount).toBe(SMTP_CONNECTIONS + 5);
  });

  it('completes the mails in flight on shutdown and releases the others', async () => {
    await recordNotifications(SMTP_CONNECTIONS + 5);
    startSender();
    await until('the connections to be in use', () => inFlight.length === SMTP_CONNECTIONS);
    const stopped = sender.onModuleDestroy();
    completeAll();
    await stopped;
    expect(await countInState('sent')).toBe(SMTP_CONNECTIONS);
    const released = (await readStates()).filter(({ state }) => state === 'pending');
    expect(released).toEqual(Array(5).fill({ state: 'pending', leased: false }));
  });

  // The mail of one order needs a row that another session has locked since it was claimed.
  it.each([
    ['its order: without a step in the timeline', 'SELECT 1 FROM orders WHERE id = $1 FOR UPDATE', 0],
    ['the mail itself, which stays pending', 'SELECT 1 FROM notifications WHERE order_id = $1 FOR UPDATE', 1],
  ])(
    'records all other mails that were sent while another session has locked %s',
    async (_, lock, unrecorded) => {
      await recordNotifications(SMTP_CONNECTIONS + 5);
      startSender();
      await until('the connections to be in use', () => inFlight.length === SMTP_CONNECTIONS);
      const [{ order_id }] = await shop.dataSource.query<[{ order_id: number }]>(
        'SELECT min(order_id) AS order_id FROM notifications',
      );
      await shop.whileLocked(lock, [order_id], async () => {
        await until('the other mails to be sent', async () => {
          completeAll();
          return (await countInState('sent')) >= SMTP_CONNECTIONS + 5 - unrecorded;
        });
        expect(sentCount).toBe(SMTP_CONNECTIONS + 5);
        expect(await countInState('sent')).toBe(SMTP_CONNECTIONS + 5 - unrecorded);
        const notified = await shop.dataSource.query<{ order_id: number }[]>(
          `SELECT order_id FROM order_timeline WHERE step = 'notified'`,
        );
        expect(notified).toHaveLength(SMTP_CONNECTIONS + 4);
        expect(notified).not.toContainEqual({ order_id });
      });
    },
  );

  it('sends nothing while sending is paused', async () => {
    await recordNotifications(2);
    startSender('paused');
    const transactions = jest.spyOn(shop.unitOfWork, 'inTransaction');
    sender.sendSoon();
    // This timer is set later than any timer that sendSoon would have set, so it fires after it.
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect(transactions).not.toHaveBeenCalled();
    expect(await readStates()).toEqual(Array(2).fill({ state: 'pending', leased: false }));
  });
});
