import { DomainModule, StockAudit } from '@estoque/domain';
import { DEAD_LETTER_STATES, DeadLetters, type DeadLetterFilter } from '@estoque/messaging';
import { EnvironmentError, PlatformModule } from '@estoque/platform';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Command, InvalidArgumentError, Option } from 'commander';
import { userInfo } from 'node:os';
import 'reflect-metadata';

// What the API offers under /v1/dead-letters and /v1/operations, for a terminal: `npm run cli -- --help`.

class Root {}

const print = (line: string) => void process.stdout.write(`${line}\n`);

type Neighbour = 'database' | 'broker';

async function withApp(neighbours: Neighbour[], work: (app: INestApplicationContext) => Promise<void>) {
  const imports = [PlatformModule.forApp('cli'), DomainModule.for()];
  const app = await NestFactory.createApplicationContext(
    { module: Root, imports },
    { logger: false, abortOnError: false },
  );
  try {
    await app.get(DomainModule).reached(...neighbours);
    await work(app);
  } finally {
    await app.close();
  }
}

const withLetters = (work: (letters: DeadLetters) => Promise<void>) =>
  withApp(['database', 'broker'], (app) => work(app.get(DeadLetters)));

function toId(text: string): number {
  if (/^[1-9]\d{0,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('An id is a positive integer.');
}

const cli = new Command('npm run cli --').description('Operations of estoque-system.');
const letters = cli.command('dead-letters').description('Messages that nobody could handle.');
type DeadLetterOptions = Omit<DeadLetterFilter, 'subject'> & { order?: number };
const toFilter = ({ order, ...filter }: DeadLetterOptions): DeadLetterFilter => ({
  ...filter,
  subject: order === undefined ? undefined : { order_id: order },
});
const filtered = (command: Command) =>
  command
    .option('--queue <name>', 'only those of this queue')
    .option('--event <name>', 'only those with this routing key')
    .option('--reason <code>', 'only those with this reason')
    .option('--order <id>', 'only those about this order', toId);
const by = new Option('--by <name>', 'who does it; it goes on record').default(userInfo().username);

filtered(letters.command('list').description('The newest first.'))
  .addOption(new Option('--state <state>', 'only those in this state').choices(DEAD_LETTER_STATES))
  .option('--limit <n>', 'how many at the most', toId, 20)
  .action(({ limit, ...filter }: DeadLetterOptions & { limit: number }) =>
    withLetters(async (letters) => {
      const rows = await letters.list(toFilter(filter), { limit });
      for (const { id, state, queue, event, reason, attempts, last_seen, error } of rows) {
        const what = [`#${id}`, state, queue, event, reason, `attempt ${attempts}`, last_seen.toISOString()];
        print(`${what.join('  ')}\n    ${error.split('\n')[0]}`);
      }
      if (rows.length === 0) print('None.');
    }),
  );

letters
  .command('show')
  .description('One, whole, as JSON.')
  .argument('<id>', 'its number', toId)
  .action((id: number) =>
    withLetters(async (letters) => {
      const { body, ...letter } = await letters.get(id);
      print(
        JSON.stringify(
          { ...letter, body_text: body.toString(), body_base64: body.toString('base64') },
          null,
          2,
        ),
      );
    }),
  );

for (const [action, done, description] of [
  [
    'replay',
    'replayed',
    'Send one, or all parked ones that fit the options, back to the queue they came from.',
  ],
  ['discard', 'discarded', 'Discard one, or all parked ones that fit the options. They stay on record.'],
] as const) {
  filtered(letters.command(action).description(description))
    .argument('[id]', 'its number; without it, --all or a filter', toId)
    .option('--all', 'all that are parked')
    .addOption(by)
    .action(
      (id: number | undefined, { by, all, ...filter }: DeadLetterOptions & { by: string; all?: boolean }) =>
        withLetters(async (letters) => {
          if (id !== undefined) {
            await letters[action](id, by);
            return print(`#${id} ${done}`);
          }
          if (!all && Object.keys(filter).length === 0)
            throw new Error('Say which: an id, a filter, or --all.');
          for (let remaining = 1; remaining > 0;) {
            const result = await letters.actOnAll(action, toFilter(filter), by);
            remaining = result.remaining;
            print(`${result.done} ${done}, ${remaining} remaining`);
          }
        }),
    );
}

cli
  .command('audit')
  .description('Reconcile the stock ledger; exit code 1 if there are discrepancies. Nothing is repaired.')
  .action(() =>
    withApp(['database'], async (app) => {
      const discrepancies = await app.get(StockAudit).run();
      for (const { check, product_id, order_id, expected, found } of discrepancies) {
        const order = order_id === null ? '' : `, order ${order_id}`;
        print(`${check}: product ${product_id}${order}: expected ${expected}, found ${found}`);
      }
      print(
        discrepancies.length === 0
          ? 'The stock ledger reconciles.'
          : `${discrepancies.length} discrepancies.`,
      );
      if (discrepancies.length > 0) process.exitCode = 1;
    }),
  );

try {
  await cli.parseAsync();
} catch (error) {
  const faults = error instanceof EnvironmentError ? error.problems : [(error as Error).message];
  for (const fault of faults) process.stderr.write(`${fault}\n`);
  process.exitCode = 1;
}
