import { createLogger, HealthChecks, Metrics, type Environment } from '@estoque/platform';
import type { MailerService } from '@nestjs-modules/mailer';
import { TestShop } from '../../../test/support/test-shop.js';
import { until } from '../../../test/support/until.js';
import { CONNECTIONS, MailSenderService } from './mail-sender.service.js';

/** Real: PostgreSQL and the sender. Instead of the mail server: a mailer that says what it is asked, and waits. */
describe('The sender of mails', () => {
  const logger = createLogger('test', { LOG_LEVEL: 'silent' });
  let shop: TestShop;
  let sender: MailSenderService;
  let onTheirWay: (() => void)[];
  let sent: number;
  beforeEach(async () => {
    shop = await TestShop.open({ workers: 4 });
    onTheirWay = [];
    sent = 0;
  });
  afterEach(async () => {
    onTheirWay.forEach((arrive) => arrive());
    await sender.onModuleDestroy();
    await shop.close();
  });

  function open(sending: Environment['MAIL_SENDING'] = 'on') {
    const mailer = {
      sendMail: () => new Promise<void>((arrive) => onTheirWay.push(arrive)).then(() => sent++),
    } as unknown as MailerService;
    const environment = {
      ...{ MAIL_FROM: 'shop@example.com', MAIL_SENDING: sending, POLL_INTERVAL_MS: 100 },
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

  async function record(count: number) {
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
  const states = () =>
    shop.dataSource.query<{ state: string; leased: boolean }[]>(
      'SELECT state, leased_until IS NOT NULL AS leased FROM notifications',
    );
  const count = async (state: string) => (await states()).filter((each) => each.state === state).length;

  it('sends one after the other on each of its connections, and all of them', async () => {
    await record(CONNECTIONS + 5);
    open();
    await until('the connections to be in use', () => onTheirWay.length === CONNECTIONS);
    onTheirWay.shift()!();
    await until('the next one to be on its way', () => onTheirWay.length === CONNECTIONS);
    expect(await count('sent')).toBe(1);
    await until('all to be sent', async () => {
      onTheirWay.splice(0).forEach((arrive) => arrive());
      return (await count('sent')) === CONNECTIONS + 5;
    });
    expect(sent).toBe(CONNECTIONS + 5);
  });

  it('finishes what is on its way when it is to stop, and gives back the rest', async () => {
    await record(CONNECTIONS + 5);
    open();
    await until('the connections to be in use', () => onTheirWay.length === CONNECTIONS);
    const stopped = sender.onModuleDestroy();
    onTheirWay.splice(0).forEach((arrive) => arrive());
    await stopped;
    expect(await count('sent')).toBe(CONNECTIONS);
    const left = (await states()).filter(({ state }) => state === 'pending');
    expect(left).toEqual(Array(5).fill({ state: 'pending', leased: false }));
  });

  it('sends nothing while it is paused', async () => {
    await record(2);
    open('paused');
    const looks = jest.spyOn(shop.unitOfWork, 'inTransaction');
    sender.sendSoon();
    // After a timer that is set later, one that a look had would have come.
    await new Promise((later) => setTimeout(later, 1));
    expect(looks).not.toHaveBeenCalled();
    expect(await states()).toEqual(Array(2).fill({ state: 'pending', leased: false }));
  });
});
