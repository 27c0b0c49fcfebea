import { median, ratios } from './numbers.js';
import type { Measurement, Results } from './results.js';

/** One promise about speed: what was reached, what is the least, and what we aim for. */
export interface Target {
  what: string;
  least: number;
  aim: number;
  unit?: string;
  /** Of times and sizes, less is better. */
  lessIsBetter?: boolean;
  /** Undefined where it wasn't measured. */
  reached?: number;
}

/** The concurrency at which contenders and cases are compared. */
export const COMPARED_AT = 64;
const WORKERS = ['order-worker', 'stock-worker', 'notify-worker'];

type Of = Partial<Measurement>;
type Value = (measurement: Measurement) => number | undefined;

const recorded: Value = (each) => each.recorded;
const UNIFORM: Of = { case: 'uniform', contender: 'ours', connections: COMPARED_AT };
const PGBENCH: Of = { contender: 'pgbench' };

/** Figures are compared with each other within a round or, where both were measured by turns, within a turn of it. */
type Pairing = (measurement: Measurement) => number;
const byRound: Pairing = ({ round }) => round;
const byTurn: Pairing = ({ round, turn = 0 }) => round * 1_000 + turn;

export function targetsOf({ measurements }: Results): Target[] {
  const find = (of: Of, value: Value, pairing = byRound): Map<number, number> => {
    const entries = Object.entries(of);
    const found = new Map<number, number[]>();
    for (const each of measurements) {
      const measured = value(each);
      const matches = entries.every(([name, wanted]) => each[name as keyof Measurement] === wanted);
      if (!matches || measured === undefined) continue;
      found.set(pairing(each), [...(found.get(pairing(each)) ?? []), measured]);
    }
    return new Map([...found].map(([pair, values]) => [pair, median(values)]));
  };
  const middle = (values: number[]) => (values.length === 0 ? undefined : median(values));
  const ratio = (over: Of, under: Of, value = recorded, valueUnder = value, pairing = byRound) =>
    middle(ratios(find(over, value, pairing), find(under, valueUnder, pairing)));
  const turnByTurn = (over: Of, under: Of, value = recorded) => ratio(over, under, value, value, byTurn);
  const alone = (of: Of, value: Value) => middle([...find(of, value).values()]);

  const million = measurements.filter((each) => each.case === 'million').map((each) => each.stored!);
  const most = Math.max(...million);
  const later: Value = ({ stretch = 0, recorded }) => (stretch > 1 ? recorded : undefined);
  const memory: Value = ({ usage = {} }) => Math.max(...WORKERS.map((name) => usage[name]?.peakMb ?? NaN));

  const ours = (name: string): Of => ({ case: name, contender: 'ours' });
  const itself = (name: string): Of => ({ ...ours(name), reference: undefined });
  const itsReference = (name: string): Of => ({ ...ours(name), reference: true });
  return [
    { what: 'ours / pgbench, POST to recorded', least: 1, aim: 1.5, reached: ratio(UNIFORM, PGBENCH) },
    {
      ...{ what: 'ours / pgbench, POST to delivered mail', least: 0.5, aim: 0.8 },
      reached: ratio(ours('mail'), PGBENCH, (each) => each.delivered, recorded),
    },
    {
      ...{ what: 'ours / bare, POST to recorded', least: 0.6, aim: 0.8 },
      reached: turnByTurn(UNIFORM, { ...UNIFORM, contender: 'baseline' }),
    },
    {
      ...{ what: 'same-two / uniform', least: 0.9, aim: 1 },
      reached: turnByTurn(itself('same-two'), itsReference('same-two')),
    },
    {
      ...{
        what: `${Number.isFinite(most) ? most.toLocaleString('en-US') : 'a million'} orders stored / none`,
        least: 0.8,
        aim: 0.95,
      },
      reached: ratio({ ...ours('million'), stored: most }, { ...ours('million'), stored: 0 }),
    },
    {
      ...{ what: 'from an empty database: first stretch / later ones', least: 0.8, aim: 1 },
      reached: ratio({ ...ours('empty'), stretch: 1 }, ours('empty'), recorded, later),
    },
    {
      ...{ what: 'ten-lines / uniform, in lines', least: 2, aim: 4 },
      reached: turnByTurn(itself('ten-lines'), itsReference('ten-lines'), (each) => each.lines),
    },
    ...(['p50', 'p99'] as const).map((name) => ({
      ...{ what: `idle, POST to processed, ${name}`, unit: 'ms', lessIsBetter: true },
      ...(name === 'p50' ? { least: 25, aim: 12 } : { least: 150, aim: 50 }),
      reached: alone(ours('idle'), (each) => each.processed?.[name]),
    })),
    {
      ...{
        what: 'backlog, memory of the largest worker',
        least: 200,
        aim: 120,
        unit: 'MB',
        lessIsBetter: true,
      },
      reached: alone(ours('backlog'), memory),
    },
  ];
}

/** `aim`, `least`, `no`; undefined where it wasn't measured. */
export function verdictOf({ reached, least, aim, lessIsBetter }: Target): 'aim' | 'least' | 'no' | undefined {
  if (reached === undefined || !Number.isFinite(reached)) return undefined;
  const keeps = (limit: number) => (lessIsBetter ? reached <= limit : reached >= limit);
  return keeps(aim) ? 'aim' : keeps(least) ? 'least' : 'no';
}
