import { COMPARED_AT } from './targets.js';
import { drainBacklog } from './backlog.js';
import type { Plan } from './load/plan.js';
import { measure, type LoadShape } from './measure.js';
import { measureMail } from './mail.js';
import { measureStretches } from './stretches.js';
import { APPS, type Contender, type Pipeline } from './pipeline.js';
import type { Figures, Measurement } from './results.js';
import { PRODUCTS, SOLD_OUT } from './shop.js';
import type { MailServer } from './mail.js';

export interface Lengths {
  seconds: number;
  /** Of each stretch of the case `empty`. */
  stretchSeconds: number;
  connections: number[];
  /** Orders stored beforehand, in the case `million`. */
  rows: number;
  /** Messages that wait, in the case `backlog`. */
  backlog: number;
}

/** One load, and what tells its figure from those of the others. */
export type Load = LoadShape & Pick<Measurement, 'turn' | 'reference'>;

export interface Case {
  name: string;
  about: string;
  contenders: Contender[];
  /** Each is measured on databases of their own, one after the other; unset: one, without orders. */
  stored?: (lengths: Lengths) => number[];
  withMails?: boolean;
  /** Unset: it is loaded for a while that nobody measures. */
  coldStart?: boolean;
  /** Of contenders that are up at once, and take turns at each of these: what a machine does to one, it does to the other. */
  loads?: (lengths: Lengths) => Load[];
  /** Of each contender by itself, where it is more than that. */
  measure?: (pipeline: Pipeline, lengths: Lengths, mailServer?: MailServer) => Promise<Figures>;
}

const UNIFORM: Plan = { products: PRODUCTS, lines: [1, 2] };
export const WARM_UP: Plan = UNIFORM;

const loaded = (plan: Plan, { seconds }: Lengths): Load => ({ plan, connections: COMPARED_AT, seconds });

const TURNS = [1, 2, 3, 4];
/** What is compared closely is measured in short turns. */
const inTurns = (load: Load): Load[] =>
  TURNS.map((turn) => ({ ...load, turn, seconds: Math.ceil(load.seconds / 2) }));

/** The case's own load and the uniform one, by turns on the same processes. */
const besideUniform = (own: Plan, lengths: Lengths): Load[] =>
  inTurns(loaded(own, lengths)).flatMap((load, index) => {
    const both: Load[] = [load, { ...load, plan: UNIFORM, reference: true }];
    return index % 2 === 0 ? both : both.toReversed();
  });

const BOTH: Contender[] = ['ours', 'baseline'];
const IDLE_RATE = 50;

export const CASES: Case[] = [
  {
    name: 'uniform',
    about: '1 or 2 lines an order, 1,000 products',
    contenders: BOTH,
    loads: (lengths) =>
      lengths.connections.flatMap((connections) => {
        const load = { ...loaded(UNIFORM, lengths), connections };
        return connections === COMPARED_AT ? inTurns(load) : [load];
      }),
  },
  {
    name: 'same-two',
    about: 'all orders for the same two products',
    contenders: BOTH,
    loads: (lengths) => besideUniform({ products: [1, 2], lines: [2, 2] }, lengths),
  },
  {
    name: 'ten-lines',
    about: '10 lines an order, 1,000 products',
    contenders: BOTH,
    loads: (lengths) => besideUniform({ products: PRODUCTS, lines: [10, 10] }, lengths),
  },
  {
    name: 'half-rejected',
    about: 'every second order wants something that is sold out',
    contenders: BOTH,
    loads: (lengths) => [loaded({ ...UNIFORM, soldOut: { products: SOLD_OUT, share: 0.5 } }, lengths)],
  },
  {
    name: 'empty',
    about: 'from an empty database and processes just started, minute by minute',
    contenders: ['ours'],
    coldStart: true,
    measure: (pipeline, { stretchSeconds }) =>
      measureStretches(pipeline, { plan: UNIFORM, connections: COMPARED_AT, seconds: stretchSeconds }),
  },
  {
    name: 'million',
    about: 'with orders of the past stored beforehand',
    contenders: ['ours'],
    stored: ({ rows }) => [0, Math.round(rows / 10), rows],
    loads: (lengths) => [loaded(UNIFORM, lengths)],
  },
  {
    name: 'backlog',
    about: 'messages that wait for workers that were away',
    contenders: BOTH,
    coldStart: true,
    measure: async (pipeline, { backlog }) => [await drainBacklog(pipeline, backlog)],
  },
  {
    name: 'idle',
    about: `${IDLE_RATE} orders a second`,
    contenders: BOTH,
    measure: async (pipeline, { seconds }) => [
      await measure(pipeline, { plan: UNIFORM, connections: 16, seconds, rate: IDLE_RATE }),
    ],
  },
  {
    name: 'mail',
    about: 'with every mail delivered by SMTP',
    contenders: ['ours'],
    withMails: true,
    measure: async (pipeline, { seconds }, mailServer) => [
      {
        connections: COMPARED_AT,
        ...(await measureMail(pipeline, { plan: UNIFORM, connections: COMPARED_AT, seconds }, mailServer!)),
      },
    ],
  },
];

/** Which processes are up before it is measured. */
export const startedBefore = ({ name }: Case) => (name === 'backlog' ? (['api'] as const) : APPS);
