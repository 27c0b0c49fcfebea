import type { AppName, WorkerName } from '../apps/manifest.js';

/** The apps that process an order from POST to notification. The hand-written baseline implements exactly these. */
export const FLOW_APPS = [
  'api',
  'order-worker',
  'stock-worker',
  'notify-worker',
] as const satisfies readonly AppName[];
export type FlowApp = (typeof FLOW_APPS)[number];

/** The apps of the flow that consume a queue. */
export const FLOW_WORKERS = [
  'order-worker',
  'stock-worker',
  'notify-worker',
] as const satisfies readonly (FlowApp & WorkerName)[];
