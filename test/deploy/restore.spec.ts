import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { APP_NAMES } from '../../apps/manifest.js';
import { postgresPrograms, type PostgresPrograms } from '../../tools/infrastructure/programs.js';
import { startPostgres } from '../../tools/infrastructure/postgres.js';
import { Processes } from '../../tools/infrastructure/processes.js';
import { callTestBrokerApi } from '../support/broker.js';
import { System } from '../support/system.js';
import { until } from '../support/until.js';

const run = promisify(execFile);

/** The page's commands in their order, without their indentation. */
const commands = [...readFileSync('docs/backup.md', 'utf8').matchAll(/^ *```sh\n([^]+?)^ *```$/gm)].map(
  ([, command]) => command!.trim(),
);
const command = (program: string, word: string) =>
  commands.find((each) => each.startsWith(`${program} `) && each.includes(word))!;

describe('A dump that is taken under load', () => {
  const folder = mkdtempSync(join(process.cwd(), '.local', 'restore-'));
  const processes = new Processes(join(folder, 'processes'), () => undefined);
  let programs: PostgresPrograms;
  let system: System;

  beforeAll(async () => {
    programs = await postgresPrograms(process.cwd());
    Object.assign(process.env, programs.env);
    const options = { root: process.cwd(), dir: folder, log: join(folder, 'postgres.log'), expendable: true };
    const { url } = await startPostgres({ ...options, processes, binaries: programs.bin });
    const environment = { STUCK_AFTER_SECONDS: '1,1,1' };
    system = await System.start({ databaseServer: url, environment });
  }, 120_000);
  afterAll(async () => {
    await system?.stop();
    await processes.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** As an operator does it: in a shell, with nothing but the address. */
  const inShell = (line: string) => {
    const env = {
      ...programs.env,
      PATH: `${programs.bin}:${process.env.PATH}`,
      DATABASE_URL: system.database.url,
    };
    return run('sh', ['-c', line], { cwd: folder, env });
  };
  const ids = async (where: string) =>
    (await system.sql<{ id: number }>(`SELECT id::int AS id FROM orders WHERE ${where}`)).map(({ id }) => id);
  const outbox = async () => (await system.sql('SELECT 1 FROM outbox')).length;

  /** Emptied of everything, through the broker itself. */
  async function purgeQueues() {
    const vhost = encodeURIComponent(new URL(system.vhost.url).pathname.slice(1));
    const queues = await callTestBrokerApi<{ name: string }[]>('GET', `/api/queues/${vhost}`);
    for (const { name } of queues) await system.externalClient.channel.purgeQueue(name);
    return queues.length;
  }

  it('is restored into an empty database, and every order in it comes to its end', async () => {
    const product_id = await system.createProduct(100_000);
    const placed: number[] = [];
    let loaded = true;
    const customer = async () => {
      while (loaded) placed.push((await system.placeOrder([{ product_id, quantity: 1 }])).id);
    };
    const load = Promise.all(Array.from({ length: 3 }, customer));
    await until('some orders', () => placed.length > 20);
    // From here on, orders wait as reserved ones, whose events the broker has and the outbox has no longer.
    await system.process('stock-worker').stop();
    const before = placed.length;
    await until('more orders', () => placed.length > before + 20);
    await inShell(command('pg_dump', '--format=custom'));
    const dumped = placed.length;
    await until('orders that the dump has not', () => placed.length > dumped + 20);
    loaded = false;
    await load;

    await Promise.all([...system.processes.values()].map((each) => each.stop()));
    await inShell(command('psql', 'DROP SCHEMA'));
    await expect(system.sql('SELECT 1 FROM orders')).rejects.toThrow('does not exist');
    await inShell(command('pg_restore', '--dbname'));
    await inShell(command('psql', 'setval'));
    expect(await purgeQueues()).toBeGreaterThan(3);

    const restored = await ids('true');
    const open = await ids('closed_at IS NULL');
    // The dump caught what makes it hard: orders under way, events that weren't published, orders that came too late.
    expect(open.length).toBeGreaterThan(0);
    expect(await outbox()).toBeGreaterThan(0);
    expect(placed.filter((id) => !restored.includes(id)).length).toBeGreaterThan(20);
    expect(restored.filter((id) => !placed.includes(id))).toEqual([]);

    // A restore takes longer than the lease of whoever was publishing an event when the dump was taken; this one doesn't.
    await system.sql('UPDATE outbox SET leased_until = now()');
    await Promise.all(APP_NAMES.map((app) => system.launch(app).waitUntilReady()));
    await until('every order to be closed', async () => (await ids('closed_at IS NULL')).length === 0);
    await until('the outbox to be empty', async () => (await outbox()) === 0);
    expect(await ids(`status <> 'processed'`)).toEqual([]);
    const audit = await system.request('GET', '/v1/operations/audit');
    expect(audit.body).toEqual({ balanced: true, discrepancies: [] });
    const [books] = await system.sql(`SELECT on_hand, reserved FROM stock`);
    expect(books).toEqual({ on_hand: 100_000 - restored.length, reserved: 0 });
    expect(await system.sql(`SELECT 1 FROM dead_letters`)).toEqual([]);

    const next = await system.placeOrder([{ product_id, quantity: 1 }]);
    expect(next.id).toBeGreaterThan(Math.max(...placed));
    await system.waitForOrderStatus(next.id, 'processed');
  }, 120_000);
});
