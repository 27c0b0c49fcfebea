import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../support/until.js';
import { Clone, kill, type Stack } from './clone.js';

/** The launcher from outside, in a folder of its own; on Linux, where /proc tells what is left of it. */
describe('npm start', () => {
  const clone = Clone.make();
  let stack: Stack;
  afterAll(() => clone.wipe());

  const orders = async () => {
    const response = await fetch(`${stack.api}/v1/orders`);
    return ((await response.json()) as { data: { id: number; status: string }[] }).data;
  };
  const placeOrder = async () => {
    const response = await fetch(`${stack.api}/v1/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        customer: { name: 'Rui', email: 'rui@example.com' },
        items: [{ product_id: 2, quantity: 1 }],
      }),
    });
    return (await response.json()) as { id: number };
  };
  const mailed = (address: string) =>
    until(
      `a mail to ${address}`,
      async () => {
        const response = await fetch(`${stack.mailbox}/api/email`);
        const mails = (await response.json()) as { to: { address: string }[] }[];
        return mails.filter(({ to }) => to[0]?.address === address).length || undefined;
      },
      { seconds: 30 },
    );

  it('brings everything up, step by step, and places a sample order', async () => {
    stack = await clone.start();
    expect(Object.keys(stack.processes)).toEqual(
      expect.arrayContaining(['postgres', 'rabbitmq', 'mailbox', 'api', 'order-worker', 'stock-worker']),
    );
    for (const step of ['PostgreSQL', 'RabbitMQ', 'Mailbox', 'Migrations', 'Apps', 'Demo data'])
      expect(clone.output).toContain(`✔ ${step}`);
    expect(clone.output).not.toContain('Build');
    expect(clone.output).toContain(`curl -X POST ${stack.api}/v1/orders`);
    expect(await mailed('ana@example.com')).toBe(1);
    await until('the flow', () => /order 1 .*mailed/.test(clone.output));
  }, 150_000);

  it('starts a worker again that dies, and says so', async () => {
    const { pid } = stack.processes['stock-worker']!;
    kill(pid);
    await until('it to be back', () => clone.output.includes('stock-worker is back'), { seconds: 60 });
    expect(clone.output).toContain('stock-worker died (SIGKILL), starting it again');
    expect(clone.stack?.processes['stock-worker']?.pid).not.toBe(pid);
    await placeOrder();
    expect(await mailed('rui@example.com')).toBe(1);
  }, 100_000);

  it('ends what a killed launcher left, starts all the same, and finds its data again', async () => {
    const left = Object.values(stack.processes).map(({ pid }) => pid);
    kill(clone.launcher);
    await clone.ended();
    expect(clone.processes().length).toBeGreaterThan(8);
    stack = await clone.start();
    expect(clone.output).toMatch(/ended what a killed run had left: .*stock-worker/);
    expect(clone.processes().filter(({ pid }) => left.includes(pid))).toEqual([]);
    expect(clone.output).not.toContain('Demo data');
    expect((await orders()).map(({ id, status }) => ({ id, status }))).toEqual([
      { id: 2, status: 'processed' },
      { id: 1, status: 'processed' },
    ]);
    expect(await mailed('ana@example.com')).toBe(1);
  }, 150_000);

  it('refuses to run twice in one folder, and says where it runs', async () => {
    const second = clone.beside();
    expect(await second.run('start')).toBe(1);
    expect(second.output).toContain('It runs already in this folder');
    expect(second.output).toContain(stack.api);
  });

  it('stops with npm, gracefully, and leaves nothing running', async () => {
    expect(clone.processes().length).toBeGreaterThan(8);
    kill(clone.npm, 'SIGTERM');
    expect(await clone.ended()).toBe(0);
    expect(clone.processes()).toEqual([]);
    expect(existsSync(join(clone.root, '.local', 'stack.json'))).toBe(false);
  });

  it('stops when npm is killed, of which nobody tells it; then npm run reset wipes the data', async () => {
    await clone.startInfrastructure();
    expect(clone.processes().length).toBeGreaterThan(2);
    kill(clone.npm);
    await until('all to be gone', () => clone.processes().length === 0, { seconds: 60 });
    expect(existsSync(join(clone.root, '.local', 'postgres', 'data'))).toBe(true);
    expect(await clone.run('reset')).toBe(0);
    expect(existsSync(join(clone.root, '.local', 'postgres'))).toBe(false);
  }, 100_000);

  it.each([
    ['DATABASE_URL', 'postgresql://me:secret@127.0.0.1:1/shop', 'postgresql://127.0.0.1:1/shop'],
    ['RABBITMQ_URL', 'amqp://me:secret@127.0.0.1:1', 'amqp://127.0.0.1:1'],
  ])('refuses a %s that nobody answers at, and starts nothing instead', async (variable, url, shown) => {
    expect(await clone.run('start', { [variable]: url })).toBe(1);
    expect(clone.output).toContain(`${variable} is set, but ${shown} can't be used: connect ECONNREFUSED`);
    expect(clone.output).not.toContain('secret');
    expect(clone.output).not.toContain('✔');
    expect(clone.processes()).toEqual([]);
  });
});
