import { createLogger, HealthChecks, type Environment, type Logger } from '@estoque/platform';
import { TestShop } from '../../../../test/support/test-shop.js';
import { until } from '../../../../test/support/until.js';
import { AccessCheck } from './access.check.js';
import type { Tokens } from './tokens.js';

describe('AccessCheck of an api in production without an issuer', () => {
  const health = new HealthChecks();
  const exit = jest.spyOn(process, 'exit');
  const lines: string[] = [];
  const logger: Logger = createLogger(
    'test',
    { LOG_LEVEL: 'info' },
    { write: (line) => void lines.push(line) },
  );
  let shop: TestShop;
  beforeAll(async () => {
    shop = await TestShop.open();
    await shop.dataSource.query('CREATE TABLE saved AS SELECT * FROM api_keys');
  });
  beforeEach(async () => {
    lines.length = 0;
    exit.mockReset().mockReturnValue(undefined as never);
    await shop.dataSource.query('DELETE FROM api_keys');
    await shop.dataSource.query('INSERT INTO api_keys OVERRIDING SYSTEM VALUE SELECT * FROM saved');
  });
  afterAll(async () => {
    exit.mockRestore();
    await shop.close();
  });

  function startCheck() {
    const environment = { ENV: 'production' } as Environment;
    const tokens = { isConfigured: false } as Tokens;
    new AccessCheck(tokens, shop.unitOfWork, health, environment, logger).onApplicationBootstrap();
  }
  const isRefusing = () => 'access' in health.refusalReasons;

  it.each([
    ['there is no key', 'DELETE FROM api_keys'],
    ['only other roles have a key', `DELETE FROM api_keys WHERE 'admin' = ANY (scopes)`],
    ['the key of the admin is revoked', 'UPDATE api_keys SET revoked_at = now()'],
    ['the key of the admin has expired', 'UPDATE api_keys SET expires_at = now()'],
    [
      'the key of the admin is limited to a customer',
      `UPDATE api_keys SET customer_email = 'ana@example.com'`,
    ],
  ])('ends the process and says what to do if %s', async (_name, sql) => {
    await shop.dataSource.query(sql);
    startCheck();
    await until('the process to end', () => exit.mock.calls.length > 0);
    expect(exit.mock.calls).toEqual([[1]]);
    expect(isRefusing()).toBe(true);
    expect(lines).toEqual([
      expect.stringMatching(
        /set AUTH_ISSUER and AUTH_AUDIENCE, or create a key .*npm run cli -- api-keys create --role admin --name first-admin/,
      ),
    ]);
  });

  it('accepts requests once it has found the key of an admin', async () => {
    startCheck();
    expect(isRefusing()).toBe(true);
    await until('requests to be accepted', () => !isRefusing());
    expect([exit.mock.calls, lines]).toEqual([[], []]);
  });
});
