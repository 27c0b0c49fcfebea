import { FLOW_WORKERS } from './apps.js';
import { median, ratios } from './numbers.js';
import type { Measurement, Results } from './results.js';

/** A measured ratio, time or size, with the value that must be reached (threshold) and the one that should be (target). */
export interface Criterion {
  name: string;
  /** Value that must be reached. */
  threshold: number;
  /** Value that should be reached. */
  target: number;
  unit?: string;
  /** For times and sizes. */
  lowerIsBetter?: boolean;
  /** Undefined if the cases it needs were not measured. */
  measured?: number;
}

/** Number of concurrent clients for all comparisons between contenders and between cases. */
export const COMPARISON_CONNECTIONS = 64;

type Filter = Partial<Measurement>;
type ReadValue = (measurement: Measurement) => number | undefined;

const recorded: ReadValue = (measurement) => measurement.recorded;
const UNIFORM: Filter = { case: 'uniform', contender: 'product', connections: COMPARISON_CONNECTIONS };
const PGBENCH: Filter = { contender: 'pgbench' };

/** Values with the same key form a ratio: those of one round or, if both were measured in turns, those of one turn. */
type PairingKey = (measurement: Measurement) => number;
const byRound: PairingKey = ({ round }) => round;
const byTurn: PairingKey = ({ round, turn = 0 }) => round * 1_000 + turn;

export function evaluateCriteria({ measurements }: Pick<Results, 'measurements'>): Criterion[] {
  const valuesByKey = (filter: Filter, value: ReadValue, key = byRound): Map<number, number> => {
    const conditions = Object.entries(filter);
    const found = new Map<number, number[]>();
    for (const measurement of measurements) {
      const measured = value(measurement);
      const matches = conditions.every(([name, wanted]) => measurement[name as keyof Measurement] === wanted);
      if (!matches || measured === undefined) continue;
      found.set(key(measurement), [...(found.get(key(measurement)) ?? []), measured]);
    }
    return new Map([...found].map(([pair, values]) => [pair, median(values)]));
  };
  const medianIfAny = (values: number[]) => (values.length === 0 ? undefined : median(values));
  const ratio = (
    numerator: Filter,
    denominator: Filter,
    value = recorded,
    denominatorValue = value,
    key = byRound,
  ) =>
    medianIfAny(ratios(valuesByKey(numerator, value, key), valuesByKey(denominator, denominatorValue, key)));
  const ratioByTurn = (numerator: Filter, denominator: Filter, value = recorded) =>
    ratio(numerator, denominator, value, value, byTurn);
  const medianOf = (filter: Filter, value: ReadValue) =>
    medianIfAny([...valuesByKey(filter, value).values()]);

  const storedCounts = measurements
    .filter((measurement) => measurement.case === 'million')
    .map(({ stored }) => stored!);
  const maxStored = Math.max(...storedCounts);
  const storedLabel = Number.isFinite(maxStored) ? maxStored.toLocaleString('en-US') : 'a million';
  const lastSnapshotWindow = Math.max(
    ...measurements.filter(({ snapshot }) => snapshot).map(({ window }) => window!),
  );
  const laterWindows: ReadValue = ({ window = 0, recorded }) => (window > 1 ? recorded : undefined);
  const largestWorker: ReadValue = ({ usage = {} }) =>
    Math.max(...FLOW_WORKERS.map((name) => usage[name]?.peakMb ?? NaN));

  const product = (name: string): Filter => ({ case: name, contender: 'product' });
  const ownLoad = (name: string): Filter => ({ ...product(name), reference: undefined });
  const referenceLoad = (name: string): Filter => ({ ...product(name), reference: true });
  return [
    {
      name: 'product / pgbench, POST to recorded',
      threshold: 1,
      target: 1.5,
      measured: ratio(UNIFORM, PGBENCH),
    },
    {
      name: 'product / pgbench, POST to delivered mail',
      threshold: 0.5,
      target: 0.8,
      measured: ratio(product('mail'), PGBENCH, ({ delivered }) => delivered, recorded),
    },
    {
      name: 'product / baseline, POST to recorded',
      threshold: 0.6,
      target: 0.8,
      measured: ratioByTurn(UNIFORM, { ...UNIFORM, contender: 'baseline' }),
    },
    {
      name: 'same-two / uniform',
      threshold: 0.9,
      target: 1,
      measured: ratioByTurn(ownLoad('same-two'), referenceLoad('same-two')),
    },
    {
      name: `${storedLabel} orders stored / none`,
      threshold: 0.8,
      target: 0.95,
      measured: ratio({ ...product('million'), stored: maxStored }, { ...product('million'), stored: 0 }),
    },
    {
      name: 'from an empty database: first window / later windows',
      threshold: 0.8,
      target: 1,
      measured: ratio({ ...product('empty'), window: 1 }, product('empty'), recorded, laterWindows),
    },
    {
      name: 'last window with an open snapshot / windows without',
      threshold: 0.9,
      target: 1,
      measured: ratio(
        { ...product('snapshot'), snapshot: true, window: lastSnapshotWindow },
        { ...product('snapshot'), snapshot: undefined },
      ),
    },
    {
      name: 'ten-lines / uniform, in lines',
      threshold: 2,
      target: 4,
      measured: ratioByTurn(ownLoad('ten-lines'), referenceLoad('ten-lines'), ({ lines }) => lines),
    },
    {
      name: 'idle, POST to processed, p50',
      threshold: 25,
      target: 12,
      unit: 'ms',
      lowerIsBetter: true,
      measured: medianOf(product('idle'), ({ processed }) => processed?.p50),
    },
    {
      name: 'idle, POST to processed, p99',
      threshold: 150,
      target: 50,
      unit: 'ms',
      lowerIsBetter: true,
      measured: medianOf(product('idle'), ({ processed }) => processed?.p99),
    },
    {
      name: 'backlog, memory of the largest worker',
      threshold: 200,
      target: 120,
      unit: 'MB',
      lowerIsBetter: true,
      measured: medianOf(product('backlog'), largestWorker),
    },
  ];
}

/** @returns whether the target, only the threshold, or neither was met; undefined if there is no measurement */
export function verdictOf({
  measured,
  threshold,
  target,
  lowerIsBetter,
}: Criterion): 'target' | 'threshold' | 'missed' | undefined {
  if (measured === undefined || !Number.isFinite(measured)) return undefined;
  const meets = (limit: number) => (lowerIsBetter ? measured <= limit : measured >= limit);
  if (meets(target)) return 'target';
  return meets(threshold) ? 'threshold' : 'missed';
}
