import { COMPARED_AT } from './aims.js';
import { drainBacklog } from './backlog.js';
import type { Plan } from './load/plan.js';
import { measure, type LoadShape } from './measure.js';
import { measureMail } from './mail.js';
import { measureStretches } from './stretches.js';
import { APPS, type Contender, type Pipeline } from './pipeline.js';
import type { Measurement } from './results.js';
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

/** What one measurement adds to what is known of it anyway. */
type Figures = Omit<Measurement, 'case' | 'contender' | 'round'>[];

export interface Case {
  name: string;
  about: string;
  contenders: Contender[];
  /** Each is measured on databases of their own, one after the other; unset: one, without orders. */
  stored?: (lengths: Lengths) => number[];
  withMails?: boolean;
  /** Before it is measured; unset: as `measure` loads. */
  coldStart?: boolean;
  measure(pipeline: Pipeline, lengths: Lengths, mailServer?: MailServer): Promise<Figures>;
}

const UNIFORM: Plan = { products: PRODUCTS, lines: [1, 2] };
export const WARM_UP: Plan = UNIFORM;

/** Loaded with so many connections, one number after the other. */
const loaded =
  (plan: Plan, pick: (lengths: Lengths) => number[] = () => [COMPARED_AT]): Case['measure'] =>
  async (pipeline, lengths) => {
    const figures: Figures = [];
    for (const connections of pick(lengths)) {
      const shape: LoadShape = { plan, connections, seconds: lengths.seconds };
      figures.push({ connections, ...(await measure(pipeline, shape)) });
    }
    return figures;
  };

const TURNS = 4;

/** The case's own load and the uniform one, in short turns on the same processes: what a machine does to one, it does to the other. */
const inTurns =
  (own: Plan): Case['measure'] =>
  async (pipeline, lengths) => {
    const seconds = Math.ceil(lengths.seconds / 2);
    const loads = [{ plan: own }, { plan: UNIFORM, reference: true as const }];
    const figures: Figures = [];
    for (let turn = 1; turn <= TURNS; turn++) {
      for (const { plan, ...of } of turn % 2 === 0 ? loads.toReversed() : loads) {
        const shape: LoadShape = { plan, connections: COMPARED_AT, seconds };
        figures.push({ connections: COMPARED_AT, turn, ...of, ...(await measure(pipeline, shape)) });
      }
    }
    return figures;
  };

const BOTH: Contender[] = ['ours', 'bare'];
const IDLE_RATE = 50;

export const CASES: Case[] = [
  {
    name: 'uniform',
    about: '1 or 2 lines an order, 1,000 products',
    contenders: BOTH,
    // First the number that is compared with other cases: each after the same warm-up.
    measure: loaded(UNIFORM, ({ connections }) =>
      connections.toSorted((a, b) => Number(b === COMPARED_AT) - Number(a === COMPARED_AT)),
    ),
  },
  {
    name: 'same-two',
    about: 'all orders for the same two products',
    contenders: BOTH,
    measure: inTurns({ products: [1, 2], lines: [2, 2] }),
  },
  {
    name: 'ten-lines',
    about: '10 lines an order, 1,000 products',
    contenders: BOTH,
    measure: inTurns({ products: PRODUCTS, lines: [10, 10] }),
  },
  {
    name: 'half-rejected',
    about: 'every second order wants something that is sold out',
    contenders: BOTH,
    measure: loaded({ ...UNIFORM, soldOut: { products: SOLD_OUT, share: 0.5 } }),
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
    measure: loaded(UNIFORM),
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
