import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startReplica } from '../support/api-replica.js';
import type { AppProcess } from '../support/app-process.js';
import { apiKeyOf } from '../support/credentials.js';
import { sendRequest } from '../support/send-request.js';
import { System } from '../support/system.js';
import { until } from '../support/until.js';

const production = { ENV: 'production' };
const issuer = { AUTH_ISSUER: 'https://login.example.com', AUTH_AUDIENCE: 'estoque' };

describe('An api in production', () => {
  let system: System;
  let api: AppProcess | undefined;
  beforeAll(async () => void (system = await System.start({ apps: [] })));
  afterEach(async () => void (await api?.stop()));
  afterAll(() => system.stop());

  const start = (environment: Record<string, string> = {}) =>
    (api = startReplica(system, { ...production, ...environment }));
  async function waitForEnd(process: AppProcess) {
    await until('the process to end', () => process.exitCode !== null);
    return { code: process.exitCode, output: process.output.join('\n') };
  }

  it('ends and says what to do if it has no issuer and no key of an admin', async () => {
    const condition = `'admin' = ANY (scopes)`;
    await system.sql(`CREATE TABLE saved AS SELECT * FROM api_keys WHERE ${condition}`);
    await system.sql(`DELETE FROM api_keys WHERE ${condition}`);
    try {
      const { code, output } = await waitForEnd(start());
      expect(code).toBe(1);
      expect(output).toContain('set AUTH_ISSUER and AUTH_AUDIENCE, or create a key');
      expect(output).toContain('npm run cli -- api-keys create --role admin --name first-admin');
    } finally {
      await system.sql('INSERT INTO api_keys OVERRIDING SYSTEM VALUE SELECT * FROM saved');
      await system.sql('DROP TABLE saved');
    }
  });

  it('starts with the key of an admin', async () => {
    const { url } = await start().waitUntilReady();
    await until(
      'requests to be accepted',
      async () => (await sendRequest(`${url}/health/accepting`)).status === 200,
    );
    expect((await sendRequest(`${url}/v1/orders`, { credential: apiKeyOf('admin') })).status).toBe(200);
  });

  it('starts with a key that the command line creates on an empty database', async () => {
    await system.sql('DELETE FROM api_keys');
    const script = join(process.cwd(), 'dist/bundles/cli.js');
    const args = [script, 'api-keys', 'create', '--role', 'admin', '--name', 'first-admin'];
    const env = {
      PATH: process.env.PATH,
      DATABASE_URL: system.database.urlOf('api'),
      RABBITMQ_URL: 'amqp://127.0.0.1:1',
    };
    const { stdout } = spawnSync(process.execPath, args, { env, cwd: tmpdir(), encoding: 'utf8' });
    const { url } = await start().waitUntilReady();
    expect((await sendRequest(`${url}/v1/orders`, { credential: stdout.trim() })).status).toBe(200);
  });

  it('starts with an issuer, without any key', async () => {
    await system.sql('DELETE FROM api_keys');
    const { url } = await start(issuer).waitUntilReady();
    await until(
      'requests to be accepted',
      async () => (await sendRequest(`${url}/health/accepting`)).status === 200,
    );
    expect((await sendRequest(`${url}/v1/orders`, { credential: 'x' })).status).toBe(401);
  });

  it('ends with an issuer without an audience', async () => {
    const { code, output } = await waitForEnd(start({ AUTH_ISSUER: issuer.AUTH_ISSUER }));
    expect(code).toBe(1);
    expect(output).toContain('AUTH_AUDIENCE is missing');
  });
});
