import { FLOW_APPS, type AppName } from '../apps/manifest.js';
import { drainBacklog } from './backlog.js';
import type { Workload } from './load/workload.js';
import { measureMail, type MailServer } from './mail.js';
import { measure, type LoadShape } from './measure.js';
import type { Contender, Pipeline } from './pipeline.js';
import type { CaseValues, Measurement } from './results.js';
import { PRODUCTS, SOLD_OUT } from './shop.js';
import { COMPARISON_CONNECTIONS } from './targets.js';
import { measureWithSnapshot } from './snapshot.js';
import { measureWindows } from './windows.js';

/** Sizes of the measurements, from the command line. */
export interface Sizes {
  /** Duration of one measurement. */
  seconds: number;
  /** Duration of each window of the cases `empty` and `snapshot`. */
  windowSeconds: number;
  /** Number of windows of the case `snapshot`, with and without a snapshot. */
  snapshotWindows: number;
  /** Numbers of concurrent clients of the case `uniform`. */
  connections: number[];
  /** Orders stored beforehand in the case `million`. */
  rows: number;
  /** Waiting messages in the case `backlog`. */
  backlog: number;
}

/** One load, with the attributes that distinguish its measurement from the others of the case. */
export type Load = LoadShape & Pick<Measurement, 'turn' | 'reference'>;

export interface Case {
  name: string;
  description: string;
  contenders: Contender[];
  /** Numbers of orders stored beforehand; each is measured on a database of its own. Unset: one database without orders. */
  stored?: (sizes: Sizes) => number[];
  withMails?: boolean;
  /** With payment-worker and a simulated payment gateway. */
  withPayments?: boolean;
  /** Runs only if `--case` selects it, because it takes long. */
  byName?: boolean;
  /** Measure without the warm-up load. */
  coldStart?: boolean;
  /**
   * Loads for which the processes of all contenders run at the same time, and are measured one after another: if other
   * work slows down the machine, it affects all contenders.
   */
  loads?: (sizes: Sizes) => Load[];
  /** Measures one contender on its own. */
  measure?: (pipeline: Pipeline, sizes: Sizes, mailServer?: MailServer) => Promise<CaseValues>;
}

const UNIFORM: Workload = { products: PRODUCTS, lines: [1, 2] };
export const WARM_UP: Workload = UNIFORM;

const comparisonLoad = (workload: Workload, { seconds }: Sizes): Load => ({
  workload,
  connections: COMPARISON_CONNECTIONS,
  seconds,
});

const TURNS = [1, 2, 3, 4];
/** A load whose ratio has a target is measured in several short turns. Each turn measures every contender once. */
const inTurns = (load: Load): Load[] =>
  TURNS.map((turn) => ({ ...load, turn, seconds: Math.ceil(load.seconds / 2) }));

/** The load of the case and the uniform load, alternately on the same processes. */
const alternatingWithUniform = (workload: Workload, sizes: Sizes): Load[] =>
  inTurns(comparisonLoad(workload, sizes)).flatMap((load, index) => {
    const pair: Load[] = [load, { ...load, workload: UNIFORM, reference: true }];
    return index % 2 === 0 ? pair : pair.toReversed();
  });

const BOTH: Contender[] = ['product', 'baseline'];
const IDLE_RATE = 50;

export const CASES: Case[] = [
  {
    name: 'uniform',
    description: '1 or 2 lines per order, 1,000 products',
    contenders: BOTH,
    loads: (sizes) =>
      sizes.connections.flatMap((connections) => {
        const load = { ...comparisonLoad(UNIFORM, sizes), connections };
        return connections === COMPARISON_CONNECTIONS ? inTurns(load) : [load];
      }),
  },
  {
    name: 'same-two',
    description: 'every order for the same two products',
    contenders: BOTH,
    loads: (sizes) => alternatingWithUniform({ products: [1, 2], lines: [2, 2] }, sizes),
  },
  {
    name: 'ten-lines',
    description: '10 lines per order, 1,000 products',
    contenders: BOTH,
    loads: (sizes) => alternatingWithUniform({ products: PRODUCTS, lines: [10, 10] }, sizes),
  },
  {
    name: 'half-rejected',
    description: 'every second order contains a product that is sold out',
    contenders: BOTH,
    loads: (sizes) => [comparisonLoad({ ...UNIFORM, soldOut: { products: SOLD_OUT, share: 0.5 } }, sizes)],
  },
  {
    name: 'paid',
    description: 'every order with a payment, which the simulated gateway captures',
    contenders: ['product'],
    withPayments: true,
    loads: (sizes) => [comparisonLoad({ ...UNIFORM, paymentMethod: 'tok_ok' }, sizes)],
  },
  {
    name: 'empty',
    description: 'an empty database and processes that have just started, in windows of one minute',
    contenders: ['product'],
    coldStart: true,
    measure: (pipeline, { windowSeconds }) =>
      measureWindows(pipeline, {
        workload: UNIFORM,
        connections: COMPARISON_CONNECTIONS,
        seconds: windowSeconds,
      }),
  },
  {
    name: 'snapshot',
    description: 'minutes of load without and with an open snapshot, as of a dump',
    contenders: ['product'],
    byName: true,
    measure: (pipeline, { windowSeconds, snapshotWindows }) =>
      measureWithSnapshot(
        pipeline,
        { workload: UNIFORM, connections: COMPARISON_CONNECTIONS, seconds: windowSeconds },
        snapshotWindows,
      ),
  },
  {
    name: 'million',
    description: 'past orders stored beforehand',
    contenders: ['product'],
    stored: ({ rows }) => [0, Math.round(rows / 10), rows],
    loads: (sizes) => [comparisonLoad(UNIFORM, sizes)],
  },
  {
    name: 'backlog',
    description: 'messages that were queued while the workers were stopped',
    contenders: BOTH,
    coldStart: true,
    measure: async (pipeline, { backlog }) => [await drainBacklog(pipeline, backlog)],
  },
  {
    name: 'idle',
    description: `${IDLE_RATE} orders per second`,
    contenders: BOTH,
    measure: async (pipeline, { seconds }) => [
      await measure(pipeline, { workload: UNIFORM, connections: 16, seconds, rate: IDLE_RATE }),
    ],
  },
  {
    name: 'mail',
    description: 'every mail delivered by SMTP',
    contenders: ['product'],
    withMails: true,
    measure: async (pipeline, { seconds }, mailServer) => {
      const shape = { workload: UNIFORM, connections: COMPARISON_CONNECTIONS, seconds };
      return [{ connections: COMPARISON_CONNECTIONS, ...(await measureMail(pipeline, shape, mailServer!)) }];
    },
  },
];

/** The apps that run before the measurement starts. */
export function initialApps({ name, withPayments }: Case): readonly AppName[] {
  if (name === 'backlog') return ['api'];
  return withPayments ? [...FLOW_APPS, 'payment-worker'] : FLOW_APPS;
}
