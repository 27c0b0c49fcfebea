import { CASES, initialApps, WARM_UP, type Case, type Load, type Sizes } from './cases.js';
import { compareBuilds, type Difference } from './comparison.js';
import { describeEnvironment, type Environment } from './environment.js';
import { writeHistory } from './history.js';
import { reconcileLedger } from './ledger.js';
import { MailServer } from './mail.js';
import { measure, queryCount, waitForCount, warmUp } from './measure.js';
import { Mutex } from './mutex.js';
import { formatNumber } from './numbers.js';
import { runPgbench } from './pgbench.js';
import { Pipeline, type Contender } from './pipeline.js';
import { compilePrograms } from './programs.js';
import { describeLoad, type CaseValues, type Measurement, type Results } from './results.js';
import { OTHER_SHOP, SHOP } from './shop.js';
import { Stack, type StackOptions } from './stack.js';
import { COMPARISON_CONNECTIONS } from './targets.js';

export interface RunOptions extends StackOptions, Sizes {
  cases: Case[];
  rounds: number;
  command: string;
}

export interface Report extends Results {
  environment: Environment;
}

/** @returns the cases with these names, or all cases if there are none @throws if a name is unknown */
export function selectCases(names: string[]): Case[] {
  const unknown = names.filter((name) => !CASES.some((benchCase) => benchCase.name === name));
  if (unknown.length > 0)
    throw new Error(
      `Unknown cases: ${unknown.join(', ')}. Known cases: ${CASES.map(({ name }) => name).join(', ')}`,
    );
  return names.length === 0
    ? CASES.filter(({ byName }) => !byName)
    : CASES.filter(({ name }) => names.includes(name));
}

/** Compares this build with the one in `otherRoot`: the case `uniform`, with the processes of each round started anew. */
export async function runComparison(options: RunOptions & { otherRoot: string }): Promise<Difference[]> {
  const uniform = CASES.find(({ name }) => name === 'uniform')!;
  const cases: Case[] = [{ ...uniform, contenders: ['product', 'revision'] }];
  const { measurements } = await runBench({ ...options, cases, connections: [COMPARISON_CONNECTIONS] });
  return compareBuilds(measurements);
}

/** Runs every case with every contender in every round, so that changes of the machine's speed affect all of them. */
export async function runBench(options: RunOptions): Promise<Report> {
  const { cases, rounds, otherRoot, printProgress } = options;
  const stack = await Stack.start(options);
  try {
    const bench = new Bench(stack, options);
    const environment = await describeEnvironment(stack, options.command);
    for (let round = 1; round <= rounds; round++) {
      printProgress(`round ${round} of ${rounds}`);
      if (!otherRoot && cases.some(({ name }) => name === 'uniform' || name === 'mail'))
        await bench.runPgbench(round);
      for (const benchCase of cases) await bench.runCase(benchCase, round);
    }
    return { environment, ...bench.results };
  } finally {
    await stack.stop();
  }
}

interface Attempt {
  contender: Contender;
  round: number;
  stored?: number;
  /** Shared by all contenders of the case. */
  mutex: Mutex;
}

/** The values of one contender in one case, or the reasons why it has no result. */
interface Outcome {
  values: CaseValues;
  failures: string[];
}

class Bench {
  readonly results: Results = { measurements: [], failures: [] };
  private readonly programs: string;
  private readonly templates = new Map<number, string>([[0, SHOP]]);

  constructor(
    private readonly stack: Stack,
    private readonly options: RunOptions,
  ) {
    this.programs = compilePrograms(options.root, `${options.dir}/programs`);
  }

  async runPgbench(round: number) {
    const { seconds } = this.options;
    await this.record({ case: 'pgbench', contender: 'pgbench', round }, async () => {
      const { values, discrepancies } = await runPgbench(this.stack, seconds, this.warmUpSeconds);
      return { values: [values], failures: discrepancies };
    });
  }

  /** Every second round runs contenders and sizes in reverse order, so that none of them is always first. */
  async runCase(benchCase: Case, round: number) {
    const inRoundOrder = <Item>(items: Item[]) => (round % 2 === 0 ? items.toReversed() : items);
    for (const stored of inRoundOrder(benchCase.stored?.(this.options) ?? [undefined])) {
      const mutex = new Mutex();
      const attempts = inRoundOrder(benchCase.contenders).map(
        (contender) => () =>
          this.record({ case: benchCase.name, contender, round, stored }, () =>
            this.measureContender(benchCase, { contender, round, stored, mutex }),
          ),
      );
      if (benchCase.loads) await Promise.all(attempts.map((attempt) => attempt()));
      else for (const attempt of attempts) await attempt();
    }
  }

  /** All work that uses the machine is exclusive, because the processes of another contender can run at the same time. */
  private async measureContender(
    benchCase: Case,
    { contender, round, stored = 0, mutex }: Attempt,
  ): Promise<Outcome> {
    const { name } = benchCase;
    const mailServer = benchCase.withMails ? new MailServer(this.programs) : undefined;
    const pipeline = await mutex.runExclusive(async () =>
      Pipeline.create({
        stack: this.stack,
        contender,
        programs: this.programs,
        template: contender === 'revision' ? OTHER_SHOP : await this.templateWith(stored),
        name: `${name}-${contender}-${round}-${stored}`,
        smtpPort: await mailServer?.port(),
      }),
    );
    try {
      await mutex.runExclusive(async () => {
        await pipeline.start(initialApps(benchCase));
        if (!benchCase.coldStart)
          await warmUp(pipeline, {
            workload: WARM_UP,
            connections: COMPARISON_CONNECTIONS,
            seconds: this.warmUpSeconds,
          });
        if (mailServer) await waitForMails(pipeline, mailServer);
      });
      const values: CaseValues = (await benchCase.measure?.(pipeline, this.options, mailServer)) ?? [];
      for (const load of benchCase.loads?.(this.options) ?? []) {
        values.push(await mutex.runExclusive(() => measureLoad(pipeline, load)));
        this.options.printProgress(
          `  ${name}, ${contender}, ${describeLoad(load)}: measured, not reconciled yet`,
        );
      }
      return await mutex.runExclusive(async () => {
        await waitUntilIdle(pipeline, mailServer);
        const { accepted, database, crashes } = pipeline;
        // The checks read the tables of this revision.
        const discrepancies =
          contender === 'revision'
            ? []
            : await reconcileLedger(database, { accepted, mails: mailServer?.mails });
        return { values, failures: [...crashes, ...discrepancies] };
      });
    } finally {
      await mutex.runExclusive(async () => {
        await pipeline.stop();
        await mailServer?.stop();
      });
    }
  }

  private get warmUpSeconds() {
    return Math.min(10, this.options.seconds);
  }

  /** Runs `work` and adds its values to the results. A case that fails for any reason has no result. */
  private async record(
    attributes: Pick<Measurement, 'case' | 'contender' | 'round' | 'stored'>,
    work: () => Promise<Outcome>,
  ) {
    const { case: name, contender, round } = attributes;
    const { printProgress, processes } = this.options;
    const { values, failures } = await work().catch((error: Error) => {
      if (processes.isStopping) throw error;
      return { values: [], failures: [error.message] };
    });
    const title = name === contender ? name : `${name}, ${contender}`;
    if (failures.length > 0) {
      this.results.failures.push({ case: name, contender, round, reasons: failures });
      printProgress(`✘ ${title}: failed, no result`);
      for (const reason of failures) printProgress(`    ✘ ${reason}`);
      return;
    }
    for (const value of values) {
      const measurement: Measurement = { ...attributes, ...value };
      this.results.measurements.push(measurement);
      printProgress(
        `✔ ${[title, describeLoad(measurement)].filter(Boolean).join(', ')}: ${summarize(measurement)}`,
      );
    }
  }

  /** @returns the name of a database with this number of past orders, which can be copied */
  private async templateWith(stored: number): Promise<string> {
    const existing = this.templates.get(stored);
    if (existing) return existing;
    this.options.printProgress(`writing ${stored.toLocaleString('en-US')} past orders`);
    const database = await this.stack.createDatabase();
    await writeHistory(database.pool, stored);
    await this.stack.close(database);
    this.templates.set(stored, database.name);
    return database.name;
  }
}

async function measureLoad(pipeline: Pipeline, { turn, reference, ...shape }: Load) {
  return { connections: shape.connections, turn, reference, ...(await measure(pipeline, shape)) };
}

/** Waits until no event waits in the outbox and every mail is sent, so that the database can be reconciled. */
async function waitUntilIdle(pipeline: Pipeline, mailServer?: MailServer) {
  await waitUntilNoneLeft(pipeline, 'events left in the outbox', 'SELECT count(*)::int AS count FROM outbox');
  if (mailServer) await waitForMails(pipeline, mailServer);
}

/** Waits until every recorded mail is marked as sent, and fetches the mails that the server received. */
async function waitForMails(pipeline: Pipeline, mailServer: MailServer) {
  const pending = `SELECT count(*)::int AS count FROM notifications WHERE state = 'pending'`;
  await waitUntilNoneLeft(pipeline, 'mails left to send', pending);
  await mailServer.count();
}

/** @throws if the count stays above 0 and does not change for a minute, such as `5 events left in the outbox` */
function waitUntilNoneLeft(pipeline: Pipeline, description: string, sql: string) {
  // Negated, because waitForCount waits for a count that grows.
  return waitForCount(
    0,
    (negatedCount) => `${-negatedCount} ${description}`,
    async () => -(await queryCount(pipeline, sql)),
  );
}

function summarize({
  orders,
  accepted,
  recorded,
  delivered,
  processed,
  refused,
  deadRows,
}: Measurement): string {
  const parts = [
    `${orders.toLocaleString('en-US')} orders`,
    accepted !== undefined && `${formatNumber(accepted)}/s accepted`,
    recorded !== undefined && `${formatNumber(recorded)}/s recorded`,
    delivered !== undefined && `${formatNumber(delivered)}/s delivered`,
    processed &&
      `processed after ${formatNumber(processed.p50)} ms (p50), ${formatNumber(processed.p99)} ms (p99)`,
    deadRows !== undefined && `${deadRows.toLocaleString('en-US')} dead rows`,
    refused && `${refused} refused`,
  ];
  return parts.filter(Boolean).join('; ');
}
