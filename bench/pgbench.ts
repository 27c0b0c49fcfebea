import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../tools/command.js';
import { findExecutable, unpackDebianPackage } from '../tools/infrastructure/debian-packages.js';
import { reconcileLedger } from './ledger.js';
import type { Figure } from './measure.js';
import { PRODUCTS } from './shop.js';
import type { Stack } from './stack.js';
import { Meter } from './usage.js';

const CLIENTS = 16;
const EVENT = `gen_random_uuid(), 'order.created', 'pgbench', '{"event":"order.created","order_id":1,"items":[{"product_id":1,"quantity":1}]}', now() + interval '20 seconds'`;
const OUTBOX = `INSERT INTO outbox (event_id, event, source, body, leased_until) VALUES (${EVENT});`;

/** The four transactions of an order, each statement by statement, with one line of one unit. */
const SCRIPT = `
\\set product random(${PRODUCTS[0]}, ${PRODUCTS[1]})
\\set number :number + 1
BEGIN;
INSERT INTO orders (customer_name, customer_email, locale, currency, total)
  VALUES ('Ana Souza', 'order-' || :client_id::int || '-' || :number::int || '@load.example', 'en', 'BRL', 1250) RETURNING id \\gset
INSERT INTO order_lines (order_id, product_id, position, sku, name, quantity, unit_price)
  VALUES (:id, :product, 1, 'BENCH', 'Product BENCH', 1, 1250);
${OUTBOX}
COMMIT;
BEGIN;
UPDATE stock SET reserved = reserved + 1 WHERE product_id = :product AND on_hand - reserved >= 1;
INSERT INTO reservations (order_id, product_id, quantity) VALUES (:id, :product, 1);
UPDATE orders SET status = 'reserved', updated_at = now() WHERE id = :id AND status = 'pending';
${OUTBOX}
COMMIT;
BEGIN;
UPDATE stock SET on_hand = on_hand - 1, reserved = reserved - 1 WHERE product_id = :product RETURNING on_hand \\gset
UPDATE reservations SET status = 'committed' WHERE order_id = :id AND product_id = :product AND status = 'active';
INSERT INTO movements (product_id, order_id, kind, quantity, balance_after, reason)
  VALUES (:product, :id, 'sale', -1, :on_hand, 'order');
UPDATE orders SET status = 'processed', updated_at = now() WHERE id = :id AND status = 'reserved';
${OUTBOX}
COMMIT;
BEGIN;
INSERT INTO notifications (order_id, kind, recipient, locale) VALUES (:id, 'order_processed', 'ana@load.example', 'en');
COMMIT;
`;

/** The database's own benchmark of the same work, order by order: no HTTP, no broker. */
export async function runPgbench(
  stack: Stack,
  seconds: number,
  warmUpSeconds: number,
): Promise<{ figure: Figure; broken: string[] }> {
  const { root, dir, say } = stack.options;
  const { file, env } = await findPgbench(root, say);
  const script = join(dir, 'order.sql');
  writeFileSync(script, SCRIPT);
  const database = await stack.createDatabase();
  try {
    const bench = async (duration: number, first: number) => {
      const args = [
        '--no-vacuum',
        '-M',
        'prepared',
        '-c',
        String(CLIENTS),
        '-j',
        '2',
        '-T',
        String(duration),
      ];
      const all = [...args, '-D', `number=${first}`, '-f', script];
      const options = {
        cwd: dir,
        env: { PATH: process.env.PATH, LC_ALL: 'C', ...env, ...addressOf(database.url) },
      };
      const { code, output } = await run(file, all, options);
      const tps = /tps = ([\d.]+)/.exec(output)?.[1];
      if (code !== 0 || !tps) throw new Error(`pgbench failed:\n${output}`);
      return {
        recorded: Number(tps),
        orders: Number(/actually processed: (\d+)/.exec(output)![1]),
      };
    };
    if (warmUpSeconds > 0) await bench(warmUpSeconds, 0);
    await stack.settle();
    const meter = new Meter({ postgres: stack.postgres.service.pid! });
    const figure = await bench(seconds, 1_000_000);
    const usage = meter.stop();
    // Its outbox rows stay: the broker, who would let them be deleted, isn't there.
    const broken = await reconcileLedger(database, { accepted: [], without: ['unsent'] });
    return { figure: { ...figure, lines: figure.recorded, usage }, broken };
  } finally {
    await stack.dropDatabase(database);
  }
}

/** In variables: what is on the command line, everybody on the machine sees. */
function addressOf(url: string) {
  const { hostname, port, username, password, pathname } = new URL(url);
  return {
    PGHOST: hostname,
    PGPORT: port,
    PGUSER: username,
    PGPASSWORD: password,
    PGDATABASE: pathname.slice(1),
  };
}

/** The machine's own, else Debian's; the server's package brings it along. */
async function findPgbench(root: string, say: (text: string) => void) {
  const installed = findExecutable('pgbench');
  if (installed) return { file: installed, env: {} };
  const wanted = /^(postgresql-\d+|lib.*|zlib1g)$/;
  const { root: unpacked, libraryPath } = await unpackDebianPackage(root, 'postgresql', wanted, say);
  const versions = join(unpacked, 'usr', 'lib', 'postgresql');
  const file = readdirSync(versions)
    .map((version) => join(versions, version, 'bin', 'pgbench'))
    .find(existsSync);
  if (!file) throw new Error('the package postgresql holds no pgbench');
  return { file, env: { LD_LIBRARY_PATH: libraryPath } };
}
