import { COMPARED_AT } from './targets.js';
import { reconcileLedger } from './ledger.js';
import { CASES, startedBefore, WARM_UP, type Case, type Lengths, type Load } from './cases.js';
import { writeHistory } from './history.js';
import { settingOf, type Setting } from './machine.js';
import { MailServer } from './mail.js';
import { countOf, measure, untilThereAre, warmUp } from './measure.js';
import { shown } from './numbers.js';
import { runPgbench } from './pgbench.js';
import { Pipeline, type Contender } from './pipeline.js';
import { compilePrograms } from './programs.js';
import { labelOf, type Figures, type Measurement, type Results } from './results.js';
import { SHOP } from './shop.js';
import { Stack, type StackOptions } from './stack.js';
import { Turns } from './turns.js';

export interface RunOptions extends StackOptions, Lengths {
  cases: Case[];
  rounds: number;
  command: string;
}

export interface Report extends Results {
  setting: Setting;
}

/** @throws where a name is of none */
export function casesNamed(names: string[]): Case[] {
  const unknown = names.filter((name) => !CASES.some((each) => each.name === name));
  if (unknown.length > 0)
    throw new Error(
      `No case is called ${unknown.join(', ')}. There are: ${CASES.map(({ name }) => name).join(', ')}`,
    );
  return names.length === 0 ? CASES : CASES.filter(({ name }) => names.includes(name));
}

/** Every case and every contender in every round: what a machine does to one of them, it does to the others. */
export async function runBench(options: RunOptions): Promise<Report> {
  const { cases, rounds, say } = options;
  const stack = await Stack.start(options);
  try {
    const bench = new Bench(stack, options);
    const setting = await settingOf(stack, options.command);
    for (let round = 1; round <= rounds; round++) {
      say(`round ${round} of ${rounds}`);
      if (cases.some(({ name }) => name === 'uniform' || name === 'mail')) await bench.pgbench(round);
      for (const each of cases) await bench.tryCase(each, round);
    }
    return { setting, ...bench.results };
  } finally {
    await stack.stop();
  }
}

interface Attempt {
  contender: Contender;
  round: number;
  stored?: number;
  turns: Turns;
}

class Bench {
  readonly results: Results = { measurements: [], broken: [] };
  private readonly programs: string;
  private readonly templates = new Map<number, string>([[0, SHOP]]);

  constructor(
    private readonly stack: Stack,
    private readonly options: RunOptions,
  ) {
    this.programs = compilePrograms(options.root, `${options.dir}/programs`);
  }

  async pgbench(round: number) {
    const { seconds } = this.options;
    await this.close({ case: 'pgbench', contender: 'pgbench', round }, async () => {
      const { figure, broken } = await runPgbench(this.stack, seconds, this.warmUpSeconds);
      return { figures: [figure], broken };
    });
  }

  /** Contenders, and what is compared with each other, take turns at being first. */
  async tryCase(each: Case, round: number) {
    const inTurn = <One>(all: One[]) => (round % 2 === 0 ? all.toReversed() : all);
    for (const stored of inTurn(each.stored?.(this.options) ?? [undefined])) {
      const turns = new Turns();
      const tries = inTurn(each.contenders).map(
        (contender) => () =>
          this.close({ case: each.name, contender, round, stored }, () =>
            this.measure(each, { contender, round, stored, turns }),
          ),
      );
      if (each.loads) await Promise.all(tries.map((run) => run()));
      else for (const run of tries) await run();
    }
  }

  /** Where other contenders are up beside it, whatever it does to the machine it does in its turn. */
  private async measure(
    each: Case,
    { contender, round, stored = 0, turns }: Attempt,
  ): Promise<{ figures: Figures; broken: string[] }> {
    const mailServer = each.withMails ? new MailServer(this.programs) : undefined;
    const pipeline = await turns.take(async () =>
      Pipeline.create({
        ...{ stack: this.stack, contender, programs: this.programs },
        template: await this.templateWith(stored),
        name: `${each.name}-${contender}-${round}-${stored}`,
        smtpPort: await mailServer?.port(),
      }),
    );
    try {
      await turns.take(async () => {
        await pipeline.start(startedBefore(each));
        if (!each.coldStart)
          await warmUp(pipeline, { plan: WARM_UP, connections: COMPARED_AT, seconds: this.warmUpSeconds });
        if (mailServer) await mailed(pipeline, mailServer);
      });
      const figures: Figures = (await each.measure?.(pipeline, this.options, mailServer)) ?? [];
      for (const load of each.loads?.(this.options) ?? []) {
        figures.push(await turns.take(() => measureLoad(pipeline, load)));
        this.options.say(`  ${each.name}, ${contender}, ${labelOf(load)}: measured, to be closed`);
      }
      return await turns.take(async () => {
        await atRest(pipeline, mailServer);
        const { accepted, database, deaths } = pipeline;
        const books = await reconcileLedger(database, { accepted, mails: mailServer?.mails });
        return { figures, broken: [...deaths, ...books] };
      });
    } finally {
      await turns.take(async () => {
        await pipeline.stop();
        await mailServer?.stop();
      });
    }
  }

  private get warmUpSeconds() {
    return Math.min(10, this.options.seconds);
  }

  /** A case that isn't closed, whatever the reason, leaves no figure. */
  private async close(
    what: Pick<Measurement, 'case' | 'contender' | 'round' | 'stored'>,
    work: () => Promise<{ figures: Figures; broken: string[] }>,
  ) {
    const { case: name, contender, round } = what;
    const { say, processes } = this.options;
    const { figures, broken } = await work().catch((error: Error) => {
      if (processes.isStopping) throw error;
      return { figures: [], broken: [error.message] };
    });
    const title = name === contender ? name : `${name}, ${contender}`;
    if (broken.length > 0) {
      this.results.broken.push({ case: name, contender, round, lines: broken });
      say(`✘ ${title}: no figure`);
      for (const line of broken) say(`    ✘ ${line}`);
      return;
    }
    for (const figure of figures) {
      const measurement: Measurement = { ...what, ...figure };
      this.results.measurements.push(measurement);
      say(`✔ ${[title, labelOf(measurement)].filter(Boolean).join(', ')}: ${summary(measurement)}`);
    }
  }

  /** A database with so many orders of the past, to be copied. */
  private async templateWith(stored: number): Promise<string> {
    const known = this.templates.get(stored);
    if (known) return known;
    this.options.say(`writing ${stored.toLocaleString('en-US')} orders of the past`);
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

/** Nothing that is on its way is missing from the books. */
async function atRest(pipeline: Pipeline, mailServer?: MailServer) {
  const left = async () => -(await countOf(pipeline, 'SELECT count(*)::int AS count FROM outbox', []));
  await untilThereAre(0, 'events published', left);
  if (mailServer) await mailed(pipeline, mailServer);
}

/** Every mail that is recorded is noted as sent, and what the server took is with us. */
async function mailed(pipeline: Pipeline, mailServer: MailServer) {
  const left = async () =>
    -(await countOf(
      pipeline,
      `SELECT count(*)::int AS count FROM notifications WHERE state = 'pending'`,
      [],
    ));
  await untilThereAre(0, 'mails sent', left);
  await mailServer.count();
}

function summary({ orders, accepted, recorded, delivered, processed, refused }: Measurement): string {
  const parts = [
    `${orders.toLocaleString('en-US')} orders`,
    accepted !== undefined && `${shown(accepted)}/s accepted`,
    recorded !== undefined && `${shown(recorded)}/s recorded`,
    delivered !== undefined && `${shown(delivered)}/s delivered`,
    processed && `processed after ${shown(processed.p50)} ms (p50), ${shown(processed.p99)} ms (p99)`,
    refused && `${refused} refused`,
  ];
  return parts.filter(Boolean).join('; ');
}
