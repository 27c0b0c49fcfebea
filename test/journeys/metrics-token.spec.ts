import type { Problem } from '@estoque/platform';
import { FLOW_APPS } from '../../apps/manifest.js';
import { startReplica } from '../support/api-replica.js';
import { AppProcess } from '../support/app-process.js';
import { bodyOf, sendRequest } from '../support/send-request.js';
import { System } from '../support/system.js';
import { until } from '../support/until.js';

const METRICS_TOKEN = 'metrics-0123456789abcdef';
const SECRET = 'a-secret-password';
const CUSTOMER = { name: 'Zulmira Teste', email: 'zulmira@example.com' };

let system: System;
beforeAll(async () => {
  system = await System.start({
    apps: FLOW_APPS,
    environment: { METRICS_TOKEN, RESERVATION_TTL_SECONDS: '600' },
  });
});
afterAll(() => system.stop());

describe('With METRICS_TOKEN', () => {
  it.each(FLOW_APPS)('%s shows metrics only to those who have it', async (app) => {
    const url = `${system.process(app).url}/metrics`;
    const none = await sendRequest(url);
    expect([none.status, none.headers['www-authenticate'], bodyOf<Problem>(none).code]).toEqual([
      401,
      'Bearer realm="estoque"',
      'credential_missing',
    ]);
    const other = await sendRequest(url, { credential: METRICS_TOKEN.replace('0', '1') });
    expect([other.status, other.headers['www-authenticate'], bodyOf<Problem>(other).code]).toEqual([
      401,
      'Bearer realm="estoque", error="invalid_token"',
      'invalid_credential',
    ]);
    const answer = await sendRequest(url, { credential: METRICS_TOKEN });
    expect([answer.status, answer.text.includes('estoque_outbox_depth')]).toEqual([200, true]);
  });

  it.each(FLOW_APPS)('%s says only the status of its readiness to others', async (app) => {
    const url = `${system.process(app).url}/health/ready`;
    for (const credential of [undefined, 'another-token-0123456789'])
      expect(await sendRequest(url, { credential })).toMatchObject({ status: 200, text: '{"status":"ok"}' });
    const { details } = bodyOf<{ details: object }>(await sendRequest(url, { credential: METRICS_TOKEN }));
    expect(details).toHaveProperty('database');
  });

  it.each(FLOW_APPS.filter((app) => app !== 'api'))('%s serves nothing else', async (app) => {
    for (const path of ['/', '/v1/orders', '/docs', '/openapi.json', '/health', '/metrics/x'])
      expect([path, (await sendRequest(system.process(app).url + path)).status]).toEqual([path, 404]);
    expect((await sendRequest(`${system.process(app).url}/metrics`, { method: 'POST' })).status).toBe(405);
  });

  it('metrics and readiness contain no personal data', async () => {
    const product_id = await system.createProduct(10);
    const { id } = await system.placeOrder([{ product_id, quantity: 1 }], { customer: CUSTOMER });
    await system.waitForOrderStatus(id, 'processed');
    await until('the mail to be sent', async () => {
      const [mail] = await system.sql<{ state: string }>(
        'SELECT state FROM notifications WHERE order_id = $1',
        [id],
      );
      return mail?.state === 'sent';
    });
    for (const app of FLOW_APPS)
      for (const path of ['/metrics', '/health/ready']) {
        const { status, text } = await sendRequest(system.process(app).url + path, {
          credential: METRICS_TOKEN,
        });
        expect([app, path, status]).toEqual([app, path, 200]);
        expect(text).not.toMatch(/zulmira|example\.com/i);
        expect(text).not.toContain(METRICS_TOKEN);
      }
  });
});

describe('A process that can log in nowhere', () => {
  let app: AppProcess | undefined;
  afterEach(async () => void (await app?.stop()));

  const withPassword = (address: string) => {
    const url = new URL(address);
    [url.username, url.password] = ['estoque_unknown', SECRET];
    return url.href;
  };

  it.each(['api', 'order-worker', 'notify-worker'] as const)('shows no secret: %s', async (name) => {
    const environment = {
      DATABASE_URL: withPassword(system.database.url),
      RABBITMQ_URL: withPassword(system.vhost.url),
      SMTP_URL: `smtp://estoque_unknown:${SECRET}@127.0.0.1:1`,
      MAIL_FROM: 'shop@example.com',
    };
    app =
      name === 'api' ? startReplica(system, environment) : new AppProcess(name, { ...local, ...environment });
    const url = await until('the process to listen', () => app!.url);
    const isNotReady = async () => {
      const { status, text } = await sendRequest(`${url}/health/ready`);
      return status === 503 && text.includes('"broker"') && text;
    };
    const readiness = await until('the process to report that it is not ready', isNotReady);
    const metrics = await sendRequest(`${url}/metrics`);
    expect(metrics.status).toBe(200);
    for (const text of [readiness, metrics.text, app.output.join('\n')]) expect(text).not.toContain(SECRET);
  });

  const local = { ENV: 'development', HOST: '127.0.0.1', PORT: '0' };
});
