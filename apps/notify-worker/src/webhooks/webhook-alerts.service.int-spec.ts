import { createLogger, type Environment } from '@estoque/platform';
import type { MailerService } from '@nestjs-modules/mailer';
import { TestShop } from '../../../../test/support/test-shop.js';
import { until } from '../../../../test/support/until.js';
import { WebhookAlertsService } from './webhook-alerts.service.js';

const ENVIRONMENT = {
  OPERATOR_EMAIL: 'operator@example.com',
  OPERATOR_LOCALE: 'en',
  MAIL_FROM: 'shop@example.com',
  MAIL_SENDING: 'on',
  POLL_INTERVAL_MS: 50,
} as Environment;

/** PostgreSQL is real; the mail server is replaced. */
describe('WebhookAlertsService', () => {
  let shop: TestShop;
  let mails: { subject: string; text: string }[];
  let failure: Error | undefined;
  const mailer = {
    sendMail: (mail: { subject: string; text: string }) => {
      if (failure) return Promise.reject(failure);
      mails.push(mail);
      return Promise.resolve();
    },
  } as unknown as MailerService;
  beforeAll(async () => void (shop = await TestShop.open({ workers: 2 })));
  afterAll(() => shop.close());
  beforeEach(async () => {
    mails = [];
    failure = undefined;
    await shop.dataSource.query('DELETE FROM webhook_endpoints');
  });

  /** @returns the id of an endpoint that the system has disabled */
  async function disabledEndpoint(): Promise<number> {
    return shop.unitOfWork.inTransaction(async ({ webhookEndpoints }) => {
      const url = 'https://shop.example/hooks?token=abc';
      const { id } = await webhookEndpoints.create(url, ['order.created'], 'whsec_');
      expect(await webhookEndpoints.recordFailure(id, true, 72)).toBe('gone');
      return id;
    });
  }
  const countDue = async () =>
    (
      await shop.dataSource.query<[{ count: number }]>(
        'SELECT count(*)::int AS count FROM webhook_endpoints WHERE mail_due_at IS NOT NULL',
      )
    )[0].count;
  async function whileRunning(work: () => Promise<void>, environment = ENVIRONMENT) {
    const logger = createLogger('test', { LOG_LEVEL: 'silent' });
    const service = new WebhookAlertsService(shop.unitOfWork, mailer, environment, logger);
    service.onApplicationBootstrap();
    try {
      await work();
    } finally {
      await service.onModuleDestroy();
    }
  }

  it('mails the operator once, without the token in the URL', async () => {
    const id = await disabledEndpoint();
    await whileRunning(() => until('the record', async () => (await countDue()) === 0).then(() => undefined));
    expect(mails).toMatchObject([{ subject: `Webhook endpoint ${id} is disabled` }]);
    expect(mails[0]!.text).toContain('at shop.example was disabled');
    expect(mails[0]!.text).not.toContain('abc');
  });

  it('mails an operator in Portuguese', async () => {
    const id = await disabledEndpoint();
    const recorded = () => until('the record', async () => (await countDue()) === 0).then(() => undefined);
    await whileRunning(recorded, { ...ENVIRONMENT, OPERATOR_LOCALE: 'pt-BR' });
    expect(mails).toMatchObject([{ subject: `O endpoint de webhook ${id} foi desativado` }]);
    expect(mails[0]!.text).toContain('em shop.example foi desativado');
    expect(mails[0]!.text).toContain('Ele respondeu 410 Gone.');
  });

  it('waits for an unavailable mail server, and mails later', async () => {
    await disabledEndpoint();
    failure = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ESOCKET' });
    await whileRunning(async () => {
      await until('an attempt', async () => {
        const [row] = await shop.dataSource.query<[{ leased: boolean }]>(
          'SELECT mail_due_at > now() AS leased FROM webhook_endpoints',
        );
        return row.leased;
      });
      expect(await countDue()).toBe(1);
      failure = undefined;
      await shop.dataSource.query('UPDATE webhook_endpoints SET mail_due_at = now()');
      await until('the mail', async () => mails.length === 1 && (await countDue()) === 0);
    });
  });

  it('gives up a mail that the mail server refuses', async () => {
    await disabledEndpoint();
    failure = Object.assign(new Error('550 no such user'), { code: 'EENVELOPE', responseCode: 550 });
    await whileRunning(() => until('the record', async () => (await countDue()) === 0).then(() => undefined));
    expect(mails).toEqual([]);
  });
});
