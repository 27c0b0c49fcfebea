import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../tools/command.js';
import { unpackDebianPackage } from '../tools/infrastructure/debian-packages.js';
import { findExecutable } from '../tools/infrastructure/executables.js';
import { reconcileLedger } from './ledger.js';
import type { MeasuredValues } from './measure.js';
import { PRODUCTS } from './shop.js';
import type { Stack } from './stack.js';
import { UsageMeter } from './usage.js';

const CLIENTS = 16;
const EVENT = `gen_random_uuid(), 'order.created', 'pgbench', '{"event":"order.created","order_id":1,"items":[{"product_id":1,"quantity":1}]}', now() + interval '20 seconds'`;
const OUTBOX = `INSERT INTO outbox (event_id, event, source, body, leased_until) VALUES (${EVENT});`;

/** The four transactions of an order with one line of one unit, sent statement by statement. */
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

/** PostgreSQL's own benchmark tool with the same work, order by order: no HTTP, no broker. */
export async function runPgbench(
  stack: Stack,
  seconds: number,
  warmUpSeconds: number,
): Promise<{ values: MeasuredValues; discrepancies: string[] }> {
  const { root, dir, printProgress } = stack.options;
  const { file, env } = await findPgbench(root, printProgress);
  const script = join(dir, 'order.sql');
  writeFileSync(script, SCRIPT);
  const database = await stack.createDatabase();
  try {
    const runScript = async (duration: number, firstNumber: number) => {
      const args = [
        '--no-vacuum',
        '--protocol=prepared',
        `--client=${CLIENTS}`,
        '--jobs=2',
        `--time=${duration}`,
        `--define=number=${firstNumber}`,
        `--file=${script}`,
      ];
      const { code, output } = await run(file, args, {
        cwd: dir,
        env: { PATH: process.env.PATH, LC_ALL: 'C', ...env, ...connectionVariables(database.url) },
      });
      const tps = /tps = ([\d.]+)/.exec(output)?.[1];
      if (code !== 0 || !tps) throw new Error(`pgbench failed:\n${output}`);
      return {
        recorded: Number(tps),
        orders: Number(/actually processed: (\d+)/.exec(output)![1]),
      };
    };
    if (warmUpSeconds > 0) await runScript(warmUpSeconds, 0);
    await stack.checkpoint();
    const meter = new UsageMeter({ postgres: stack.postgres.service.pid! });
    const result = await runScript(seconds, 1_000_000);
    const usage = meter.stop();
    // There is no broker: the outbox rows are never published.
    const discrepancies = await reconcileLedger(database, { accepted: [], without: ['unpublished'] });
    return { values: { ...result, lines: result.recorded, usage }, discrepancies };
  } finally {
    await stack.dropDatabase(database);
  }
}

/** Environment variables of libpq, because every user of the machine can read the command line. */
function connectionVariables(url: string) {
  const { hostname, port, username, password, pathname } = new URL(url);
  return {
    PGHOST: hostname,
    PGPORT: port,
    PGUSER: username,
    PGPASSWORD: password,
    PGDATABASE: pathname.slice(1),
  };
}

/** @returns the installed pgbench, or else the one in Debian's server package */
async function findPgbench(root: string, printProgress: (text: string) => void) {
  const installed = findExecutable('pgbench');
  if (installed) return { file: installed, env: {} };
  const wanted = /^(postgresql-\d+|lib.*|zlib1g)$/;
  const { root: unpacked, libraryPath } = await unpackDebianPackage(
    root,
    'postgresql',
    wanted,
    printProgress,
  );
  const versions = join(unpacked, 'usr', 'lib', 'postgresql');
  const file = readdirSync(versions)
    .map((version) => join(versions, version, 'bin', 'pgbench'))
    .find(existsSync);
  if (!file) throw new Error('the package postgresql contains no pgbench');
  return { file, env: { LD_LIBRARY_PATH: libraryPath } };
}
