import type { Figure } from './measure.js';

/** Which measurement a figure is of. */
export interface Measurement extends Figure {
  case: string;
  contender: 'ours' | 'baseline' | 'pgbench';
  round: number;
  /** Customers at once, where they are as quick as they can. */
  connections?: number;
  /** Orders stored beforehand. */
  stored?: number;
  /** Which stretch of one measurement, from 1 on. */
  stretch?: number;
  /** Which of the short measurements that take turns on one pipeline, from 1 on. */
  turn?: number;
  /** What the case is compared with: the uniform load, in its turns. */
  reference?: true;
}

/** What one measurement adds to what is known of it anyway. */
export type Figures = Omit<Measurement, 'case' | 'contender' | 'round'>[];

/** A case that wasn't closed: it has no figure. */
export interface Broken {
  case: string;
  contender: Measurement['contender'];
  round: number;
  lines: string[];
}

export interface Results {
  measurements: Measurement[];
  broken: Broken[];
}

/** What sets two measurements of one case apart. */
export function labelOf({ connections, stored, stretch, reference }: Partial<Measurement>): string {
  const parts = [
    stretch !== undefined && `stretch ${stretch}`,
    stored !== undefined && `${stored.toLocaleString('en-US')} stored`,
    connections !== undefined && `${connections} connections`,
    reference && 'uniform, in turns with it',
  ];
  return parts.filter(Boolean).join(', ');
}
