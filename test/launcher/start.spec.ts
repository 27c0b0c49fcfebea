import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { Role } from '../../apps/api/src/access/scopes.js';
import { APP_NAMES } from '../../apps/manifest.js';
import { callManagementApi, ExternalClient } from '../support/broker.js';
import { until } from '../support/until.js';
import { Clone, kill, type Stack } from './clone.js';

/** Runs the launcher in a copy of the project. Linux only: the remaining processes are read from /proc. */
describe('npm start', () => {
  const clone = Clone.create();
  let stack: Stack;
  afterAll(() => clone.remove());

  const call = (role: Role, path: string, body?: object) =>
    fetch(stack.api + path, {
      method: body ? 'POST' : 'GET',
      headers: { authorization: `Bearer ${stack.tokens[role]}`, 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    });
  const listOrders = async () => {
    const response = await call('clerk', '/v1/orders');
    return ((await response.json()) as { data: { id: number; status: string }[] }).data;
  };
  const placeOrder = async () => {
    const response = await call('clerk', '/v1/orders', {
      customer: { name: 'Rui', email: 'rui@example.com' },
      items: [{ product_id: 2, quantity: 1 }],
    });
    return (await response.json()) as { id: number };
  };
  /** Waits for mails to this address. @returns their number */
  const countMailsTo = (address: string) =>
    until(
      `a mail to ${address}`,
      async () => {
        const response = await fetch(`${stack.mailbox}/api/email`);
        const mails = (await response.json()) as { to: { address: string }[] }[];
        return mails.filter(({ to }) => to[0]?.address === address).length || undefined;
      },
      { seconds: 30 },
    );

  it('starts servers and apps step by step and places a sample order', async () => {
    stack = await clone.start();
    expect(Object.keys(stack.processes)).toEqual(
      expect.arrayContaining(['postgres', 'rabbitmq', 'mailbox', 'api', 'order-worker', 'stock-worker']),
    );
    for (const step of ['PostgreSQL', 'RabbitMQ', 'Mailbox', 'Migrations', 'Apps', 'Demo data'])
      expect(clone.output).toContain(`✔ ${step}`);
    expect(clone.output).not.toContain('Build');
    expect(clone.output).toContain(
      `curl -X POST ${stack.api}/v1/orders -H 'authorization: Bearer ${stack.tokens.customer}'`,
    );
    expect(await countMailsTo('ana@example.com')).toBe(1);
    await until('the sample order to be shown as mailed', () => /order 1 .*mailed/.test(clone.output));
  }, 150_000);

  it('makes an API key for each role, in a file that only its owner can read', async () => {
    expect(statSync(join(clone.root, '.local', 'stack.json')).mode & 0o777).toBe(0o600);
    const product = { sku: 'NEW', name: 'New', price: 100, currency: 'BRL' };
    const answers = await Promise.all([
      call('customer', '/v1/orders'),
      call('customer', '/v1/products', product),
      call('clerk', '/v1/products', product),
      call('warehouse', '/v1/products'),
      call('operator', '/v1/operations/outbox'),
      call('admin', '/v1/api-keys'),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 403, 403, 200, 200, 200]);
    expect((await fetch(`${stack.api}/v1/orders`)).status).toBe(401);
  });

  it('captures payments with the simulated gateway, whose address is in that file', async () => {
    const placed = await call('clerk', '/v1/orders', {
      customer: { name: 'Bia', email: 'bia@example.com' },
      items: [{ product_id: 2, quantity: 1 }],
      payment: { method: 'tok_async' },
    });
    const { id, totals } = (await placed.json()) as { id: number; totals: { amount: number } };
    await until('the paid order to be processed', async () =>
      (await listOrders()).some((order) => order.id === id && order.status === 'processed'),
    );
    const response = await fetch(`${stack.payment_gateway}/charges?limit=10`);
    expect(await response.json()).toMatchObject({
      data: [
        {
          order_id: id,
          method: 'tok_async',
          captured: totals.amount,
          refunded: 0,
          idempotency_key: expect.any(String) as string,
        },
      ],
    });
  }, 30_000);

  it('authorizes Swagger UI', async () => {
    const script = await (await fetch(`${stack.api}/docs/swagger-ui-init.js`)).text();
    expect(script).toContain(`"value": "${stack.tokens.admin}"`);
  });

  it('makes another API key by npm run cli', async () => {
    const cli = clone.openAgain();
    const args = ['token', '--role', 'customer', '--email', 'rui@example.com'];
    expect(await cli.run('cli', {}, args)).toBe(0);
    const [key] = /^est_live_\S+$/m.exec(cli.output)!;
    const response = await fetch(`${stack.api}/v1/orders`, { headers: { authorization: `Bearer ${key}` } });
    expect([response.status, await response.json()]).toMatchObject([200, { data: [] }]);
  }, 60_000);

  it('lets each app log in to the servers as its own user', async () => {
    const owner = new pg.Client(stack.database_admin_url);
    await owner.connect();
    const { rows } = await owner.query<{ app: string; user: string }>(
      `SELECT DISTINCT split_part(application_name, ' ', 1) AS app, usename AS user FROM pg_stat_activity
       WHERE usename LIKE 'estoque%' ORDER BY 1`,
    );
    await owner.end();
    expect(rows).toEqual(
      APP_NAMES.toSorted().map((app) => ({ app, user: `estoque_${app.replaceAll('-', '_')}_login` })),
    );
    const users = await until('the connections of all apps to the broker', async () => {
      const connections = await callManagementApi<{ user: string }[]>(
        stack.rabbitmq_management,
        'GET',
        '/api/connections',
      );
      const found = new Set(connections.map(({ user }) => user));
      return found.size >= APP_NAMES.length && [...found];
    });
    expect(users.toSorted()).toEqual(APP_NAMES.map((app) => `estoque-${app}`).toSorted());
  });

  it('gives people a user that reads and writes tables, one for everything, and one for the broker', async () => {
    const developer = new pg.Client(stack.database_url);
    await developer.connect();
    await developer.query('BEGIN');
    await developer.query(
      'INSERT INTO outbox (event_id, event, source, body, leased_until) VALUES (gen_random_uuid(), $1, $1, $2, now())',
      ['test', '{}'],
    );
    expect((await developer.query('SELECT * FROM orders')).rowCount).toBeGreaterThan(0);
    await expect(developer.query('ALTER TABLE orders ADD COLUMN extra integer')).rejects.toThrow(
      'must be owner',
    );
    await developer.end();
    const administrator = new pg.Client(stack.database_admin_url);
    await administrator.connect();
    await administrator.query('BEGIN; ALTER TABLE orders ADD COLUMN extra integer; ROLLBACK');
    await administrator.end();
    const client = await ExternalClient.connect(stack.rabbitmq_url);
    const { queue } = await client.channel.assertQueue('', { exclusive: true });
    await client.channel.bindQueue(queue, 'stock_events', '#');
    await client.publish('order.dreamt', { event: 'order.dreamt' });
    expect(await client.take(queue)).toMatchObject({ fields: { routingKey: 'order.dreamt' } });
    await client.disconnect();
  });

  it('restarts a worker that was killed, and prints both', async () => {
    const { pid } = stack.processes['stock-worker']!;
    kill(pid);
    await until('the worker to be restarted', () => clone.output.includes('stock-worker is ready again'), {
      seconds: 60,
    });
    expect(clone.output).toContain('stock-worker exited (SIGKILL), restarting it');
    expect(clone.stack?.processes['stock-worker']?.pid).not.toBe(pid);
    await placeOrder();
    expect(await countMailsTo('rui@example.com')).toBe(1);
  }, 100_000);

  it('stops the processes of a killed launcher, starts, and keeps the data', async () => {
    const leftPids = Object.values(stack.processes).map(({ pid }) => pid);
    kill(clone.launcherPid);
    await clone.waitForExit();
    expect(clone.processes().length).toBeGreaterThan(8);
    stack = await clone.start();
    expect(clone.output).toMatch(/stopped processes that a killed run had left: .*stock-worker/);
    expect(clone.processes().filter(({ pid }) => leftPids.includes(pid))).toEqual([]);
    expect(clone.output).not.toContain('Demo data');
    expect((await listOrders()).map(({ id, status }) => ({ id, status }))).toEqual([
      { id: 3, status: 'processed' },
      { id: 2, status: 'processed' },
      { id: 1, status: 'processed' },
    ]);
    const charges = await fetch(`${stack.payment_gateway}/charges`);
    expect(((await charges.json()) as { data: object[] }).data).toHaveLength(1);
    expect(await countMailsTo('ana@example.com')).toBe(1);
  }, 150_000);

  it('runs a drill and reconciles the ledger, by npm run lab', async () => {
    const lab = clone.openAgain();
    expect(await lab.run('lab', {}, ['hot-product'])).toBe(0);
    expect(lab.output).toContain('200 orders accepted, 0 refused, 0 without an answer');
    expect(lab.output).toContain('50 processed, 150 rejected, 0 unfinished');
    expect(lab.output).toContain('All guarantees were kept.');
    expect(await lab.run('lab', {}, ['earthquake'])).toBe(1);
    expect(lab.output).toContain('There is no drill earthquake.');
  }, 150_000);

  it('runs a drill for the console, one at a time, and refuses it to a customer', async () => {
    const start = (role: Role, drill: string) => call(role, `/v1/lab/drills/${drill}/runs`, {});
    expect((await start('customer', 'poison')).status).toBe(403);
    expect((await start('operator', 'earthquake')).status).toBe(404);
    expect((await start('operator', 'poison')).status).toBe(202);
    expect((await start('operator', 'poison')).status).toBe(409);
    const [run] = await until(
      'the drill to finish',
      async () => {
        const { runs } = (await (await call('operator', '/v1/lab/drills')).json()) as {
          runs: { drill: string; state: string; result: object }[];
        };
        return runs[0]!.state !== 'running' && runs;
      },
      { seconds: 120 },
    );
    expect(run).toMatchObject({
      drill: 'poison',
      state: 'succeeded',
      result: { accepted: 30, processed: 30, unfinished: 0, reconciles: true },
    });
  }, 150_000);

  it('refuses to run twice in one folder, and prints the address of the API that is running', async () => {
    const second = clone.openAgain();
    expect(await second.run('start')).toBe(1);
    expect(second.output).toContain('npm start or npm run infra is already running in this folder');
    expect(second.output).toContain(stack.api);
  });

  it('stops gracefully when npm gets SIGTERM and leaves no process running', async () => {
    expect(clone.processes().length).toBeGreaterThan(8);
    kill(clone.npmPid, 'SIGTERM');
    expect(await clone.waitForExit()).toBe(0);
    expect(clone.processes()).toEqual([]);
    expect(existsSync(join(clone.root, '.local', 'stack.json'))).toBe(false);
  });

  it('stops when npm is killed; npm run reset then deletes the data', async () => {
    await clone.startInfrastructure();
    expect(clone.processes().length).toBeGreaterThan(2);
    kill(clone.npmPid);
    await until('all processes to end', () => clone.processes().length === 0, { seconds: 60 });
    expect(existsSync(join(clone.root, '.local', 'postgres', 'data'))).toBe(true);
    expect(await clone.run('reset')).toBe(0);
    expect(existsSync(join(clone.root, '.local', 'postgres'))).toBe(false);
  }, 100_000);

  it.each([
    ['DATABASE_URL', 'postgresql://me:secret@127.0.0.1:1/shop', 'postgresql://127.0.0.1:1/shop'],
    ['RABBITMQ_URL', 'amqp://me:secret@127.0.0.1:1', 'amqp://127.0.0.1:1'],
  ])('refuses a %s that no server answers, and starts no server instead', async (variable, url, shown) => {
    expect(await clone.run('start', { [variable]: url })).toBe(1);
    expect(clone.output).toContain(`${variable} is set, but ${shown} can't be used: connect ECONNREFUSED`);
    expect(clone.output).not.toContain('secret');
    expect(clone.output).not.toContain('✔');
    expect(clone.processes()).toEqual([]);
  });
});
