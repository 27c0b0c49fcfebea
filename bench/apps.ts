import type { FlowApp, WorkerName } from '../apps/manifest.js';

/** The apps of the order flow that consume a queue. */
export const FLOW_WORKERS = [
  'order-worker',
  'stock-worker',
  'notify-worker',
] as const satisfies readonly (FlowApp & WorkerName)[];
