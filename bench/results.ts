import type { MeasuredValues } from './measure.js';
import type { Contender } from './pipeline.js';

/** Values of one measurement, with the attributes that identify it. */
export interface Measurement extends MeasuredValues {
  case: string;
  contender: Contender | 'pgbench';
  round: number;
  /** Concurrent clients, if they send as fast as they are answered. */
  connections?: number;
  /** Orders stored beforehand. */
  stored?: number;
  /** Whether a transaction holds a snapshot during the load. */
  snapshot?: true;
  /** Dead rows of the tables outbox and stock at the end of the window. */
  deadRows?: number;
  /** Number of the time window within one continuous load, from 1. */
  window?: number;
  /** From 1, if the load is measured in several turns. A turn is one measurement of each contender, taken back to back. */
  turn?: number;
  /** The uniform load that the case's own load is compared with, measured in the same turn. */
  reference?: true;
}

/** What a case returns for each of its measurements: the values without the attributes of the whole run. */
export type CaseValues = Omit<Measurement, 'case' | 'contender' | 'round'>[];

/** A case without a result: it failed, or its database did not reconcile. */
export interface FailedCase {
  case: string;
  contender: Measurement['contender'];
  round: number;
  reasons: string[];
}

export interface Results {
  measurements: Measurement[];
  failures: FailedCase[];
}

/** Describes what distinguishes a measurement from others of the same case, such as `64 connections`. */
export function describeLoad({
  connections,
  stored,
  window,
  snapshot,
  reference,
}: Partial<Measurement>): string {
  const parts = [
    window !== undefined && `window ${window}`,
    snapshot && 'snapshot open',
    stored !== undefined && `${stored.toLocaleString('en-US')} stored`,
    connections !== undefined && `${connections} connection${connections === 1 ? '' : 's'}`,
    reference && 'uniform, in the same turns',
  ];
  return parts.filter(Boolean).join(', ');
}
