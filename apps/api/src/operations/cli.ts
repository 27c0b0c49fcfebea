import { DomainModule, StockAudit, UnitOfWork } from '@estoque/domain';
import {
  DEAD_LETTER_STATES,
  DeadLetterJobRunner,
  DeadLetterJobs,
  DeadLetters,
  DeadLetterSearch,
  type DeadLetter,
  type DeadLetterFilter,
} from '@estoque/messaging';
import { createLogger, EnvironmentError, PlatformModule, readEnvironment } from '@estoque/platform';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Command, InvalidArgumentError, Option } from 'commander';
import { userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import 'reflect-metadata';
import { addApiKeyCommands } from '../access/api-keys.commands.js';
import { commandLineActor } from '../audit-log/actor.js';
import { DeadLetterJobsService } from './dead-letter-jobs.service.js';
import { DeadLettersService } from './dead-letters.service.js';

// Command line for the operations under /v1/dead-letters and /v1/operations/audit: `npm run cli -- --help`.

/** Root module: the platform module and the domain module. */
class CliRoot {}

const print = (line: string) => void process.stdout.write(`${line}\n`);

const PROGRESS_INTERVAL_MS = 500;

type Dependency = 'database' | 'broker';

/** Runs `work` with a Nest application, once the given dependencies are connected. */
async function withApp(dependencies: Dependency[], work: (app: INestApplicationContext) => Promise<void>) {
  // Standard output has the results only, so that a script can read them.
  const environment = readEnvironment();
  const logger = createLogger('cli', environment, process.stderr);
  const imports = [
    PlatformModule.forApp('cli', { environment, logger }),
    DomainModule.for({ name: 'cli', reportsItself: false }),
  ];
  const app = await NestFactory.createApplicationContext(
    { module: CliRoot, imports, providers: [DeadLettersService, DeadLetterJobsService] },
    { logger: false, abortOnError: false },
  );
  try {
    await app.get(DomainModule).waitFor(...dependencies);
    await work(app);
  } finally {
    await app.close();
  }
}

const withDeadLetters = (work: (deadLetters: DeadLetters) => Promise<void>) =>
  withApp(['database', 'broker'], (app) => work(app.get(DeadLetters)));

/** Lists dead letters, newest first. A search continues until it has found `limit` of them, or none is left. */
async function find(
  app: INestApplicationContext,
  filter: DeadLetterFilter,
  limit: number,
  text?: string,
): Promise<DeadLetter[]> {
  if (text === undefined) return app.get(DeadLetters).list(filter, { limit });
  const search = new DeadLetterSearch(app.get(UnitOfWork).read.sql);
  const rows: DeadLetter[] = [];
  for (let before: number | undefined; ;) {
    const { found, last } = await search.search(filter, text, { before, limit: limit - rows.length });
    rows.push(...found);
    if (last === null || rows.length === limit) return rows;
    before = last;
  }
}

/**
 * Runs jobs until this one has ended, and prints its progress. If this process is stopped, an api process continues the
 * job; if an api process runs it, this one waits.
 */
async function waitForJob(app: INestApplicationContext, id: number, pastTense: string) {
  const jobs = app.get(DeadLetterJobs);
  const shutdown = new AbortController();
  let reported = '';
  for (let hasEnded = false; !hasEnded;) {
    const running = app.get(DeadLetterJobRunner).runAll(shutdown.signal);
    let isRunning = true;
    void running.catch(() => undefined).finally(() => (isRunning = false));
    do {
      await sleep(PROGRESS_INTERVAL_MS);
      const { state, done, failed, total, last_error } = await jobs.get(id);
      hasEnded = state === 'finished' || state === 'cancelled';
      const progress = `${state}: ${done} of ${total} ${pastTense}, ${failed} failed${last_error ? `; ${last_error}` : ''}`;
      if (progress !== reported) print(progress);
      reported = progress;
    } while (isRunning && !hasEnded);
    if (hasEnded) shutdown.abort();
    await running;
  }
}

function toPositiveInteger(text: string): number {
  if (/^[1-9]\d{0,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Must be a positive integer.');
}

const cli = new Command('npm run cli --').description('Operations of estoque-system.');
const deadLettersCommand = cli.command('dead-letters').description('Messages that could not be handled.');
type DeadLetterOptions = Omit<DeadLetterFilter, 'subject'> & { order?: number; text?: string };
const toFilter = ({ order, ...filter }: DeadLetterOptions): DeadLetterFilter => ({
  ...filter,
  subject: order === undefined ? undefined : { order_id: order },
});
const withFilterOptions = (command: Command) =>
  command
    .option('--queue <name>', 'only dead letters of this queue')
    .option('--event <name>', 'only dead letters with this routing key')
    .option('--reason <code>', 'only dead letters with this reason')
    .option('--group <key>', 'only dead letters of this group')
    .option('--order <id>', 'only dead letters of this order', toPositiveInteger)
    .option(
      '--text <text>',
      'only dead letters with this text in the body, the headers, the properties or the error',
    );
const operatorOption = new Option('--by <name>', 'operator, recorded with the action').default(
  userInfo().username,
);

withFilterOptions(deadLettersCommand.command('list').description('List dead letters, newest first.'))
  .addOption(new Option('--state <state>', 'only dead letters in this state').choices(DEAD_LETTER_STATES))
  .option('--limit <n>', 'maximum number of dead letters', toPositiveInteger, 20)
  .action(({ limit, text, ...filter }: DeadLetterOptions & { limit: number }) =>
    withApp(['database'], async (app) => {
      const rows = await find(app, toFilter(filter), limit, text);
      for (const { id, state, queue, event, reason, attempts, last_seen, error } of rows) {
        const columns = [
          `#${id}`,
          state,
          queue,
          event,
          reason,
          `attempt ${attempts}`,
          last_seen.toISOString(),
        ];
        print(`${columns.join('  ')}\n    ${error.split('\n')[0]}`);
      }
      if (rows.length === 0) print('No dead letters.');
    }),
  );

deadLettersCommand
  .command('show')
  .description('Print a dead letter as JSON, the first 64 KiB of its body as text and in base64.')
  .argument('<id>', 'id of the dead letter', toPositiveInteger)
  .action((id: number) =>
    withDeadLetters(async (deadLetters) => {
      const { body, ...deadLetter } = await deadLetters.get(id);
      print(
        JSON.stringify(
          { ...deadLetter, body_text: body.toString(), body_base64: body.toString('base64') },
          null,
          2,
        ),
      );
    }),
  );

for (const [action, pastTense, description] of [
  [
    'replay',
    'replayed',
    'Replay a dead letter, or all open ones that match the options, to the original queue.',
  ],
  [
    'discard',
    'discarded',
    'Discard a dead letter, or all open ones that match the options. Discarded dead letters are kept.',
  ],
] as const) {
  withFilterOptions(deadLettersCommand.command(action).description(description))
    .argument('[id]', 'id of a dead letter; if omitted, --all or a filter is required', toPositiveInteger)
    .option('--all', 'all open dead letters')
    .addOption(operatorOption)
    .option('--why <text>', 'why, recorded with the action')
    .action(
      (
        id: number | undefined,
        {
          by,
          why: reason,
          all,
          order,
          ...filter
        }: DeadLetterOptions & { by: string; why?: string; all?: boolean },
      ) =>
        withApp(['database', 'broker'], async (app) => {
          if (id !== undefined) {
            await app.get(DeadLettersService)[action](id, { by, reason }, commandLineActor());
            return print(`#${id} ${pastTense}`);
          }
          if (!all && order === undefined && Object.keys(filter).length === 0)
            throw new Error('Specify an id, a filter, or --all.');
          const { body: job } = await app
            .get(DeadLetterJobsService)
            .create(action, { by, reason, filter: { ...filter, order_id: order } }, commandLineActor());
          print(`Job ${job.id}: ${job.total} dead letters`);
          await waitForJob(app, job.id, pastTense);
        }),
    );
}

cli
  .command('audit')
  .description(
    'Reconcile the stock ledger, and payments with orders, now; exit code 1 if there are discrepancies. Nothing is repaired.',
  )
  .action(() =>
    withApp(['database'], async (app) => {
      const { discrepancies, payment_discrepancies } = await app.get(StockAudit).run();
      for (const { check, product_id, order_id, expected, found } of discrepancies) {
        const order = order_id === null ? '' : `, order ${order_id}`;
        print(`${check}: product ${product_id}${order}: expected ${expected}, found ${found}`);
      }
      for (const { check, order_id, expected, found } of payment_discrepancies)
        print(`payment ${check}: order ${order_id}: expected ${expected}, found ${found}`);
      const count = discrepancies.length + payment_discrepancies.length;
      print(count === 0 ? 'The stock ledger reconciles.' : `${count} discrepancies.`);
      if (count > 0) process.exitCode = 1;
    }),
  );

addApiKeyCommands(cli, (work) => withApp(['database'], work), print);

try {
  await cli.parseAsync();
} catch (error) {
  const problems = error instanceof EnvironmentError ? error.problems : [(error as Error).message];
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.exitCode = 1;
}
