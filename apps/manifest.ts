import type { Environment } from '@estoque/platform';

/** One app of the system. Each app is a process, an image and a deployment of its own. */
export interface AppManifest {
  /** Name of the folder in apps/, of the image, of the Compose service and of the Kubernetes deployment. */
  name: string;
  /** An `api` serves HTTP to clients. A `worker` consumes a queue; its HTTP port serves health and metrics only. */
  kind: 'api' | 'worker';
  /** What the app does, in a few words; the dashboard shows it beside the name. */
  summary: string;
  /** HTTP port if the variable PORT is unset. */
  port: number;
  /** Queue that a worker consumes. The event contracts in libs/domain/src/events define which events are bound to it. */
  queue?: string;
  /** Environment variables that are optional in general and required by this app. */
  requires: readonly (keyof Environment)[];
}

/**
 * Every app of the system. Launcher, tests, generated documents and deployment checks read this list.
 * `npm run new-worker` adds a worker (docs/new-worker.md).
 */
export const APPS = [
  { name: 'api', kind: 'api', summary: 'accepts orders', port: 3000, requires: [] },
  {
    name: 'order-worker',
    kind: 'worker',
    summary: 'reserves stock',
    port: 3001,
    queue: 'order_queue',
    requires: [],
  },
  {
    name: 'stock-worker',
    kind: 'worker',
    summary: 'deducts stock',
    port: 3002,
    queue: 'stock_queue',
    requires: [],
  },
  {
    name: 'notify-worker',
    kind: 'worker',
    summary: 'records and sends mails',
    port: 3003,
    queue: 'notify_queue',
    requires: ['SMTP_URL', 'MAIL_FROM'],
  },
  {
    name: 'payment-worker',
    kind: 'worker',
    summary: 'charges and refunds payments',
    port: 3004,
    queue: 'payment_queue',
    requires: [],
  },
] as const satisfies readonly AppManifest[];

export type AppName = (typeof APPS)[number]['name'];
export type WorkerManifest = Extract<(typeof APPS)[number], { kind: 'worker' }>;
export type WorkerName = WorkerManifest['name'];

export const APP_NAMES: readonly AppName[] = APPS.map(({ name }) => name);

export const WORKERS: readonly WorkerManifest[] = APPS.filter((app) => app.kind === 'worker');

/** @returns the manifest of one app */
export function appManifest<Name extends AppName>(
  name: Name,
): Extract<(typeof APPS)[number], { name: Name }> {
  return APPS.find((app) => app.name === name) as Extract<(typeof APPS)[number], { name: Name }>;
}

/**
 * The apps that an order needs from the request to the mail. The benchmark's hand-written baseline implements exactly
 * these. A test that counts spans, messages or dead letters of an event starts only these, because each further consumer
 * of the event adds its own.
 */
export const FLOW_APPS = [
  'api',
  'order-worker',
  'stock-worker',
  'notify-worker',
] as const satisfies readonly AppName[];
export type FlowApp = (typeof FLOW_APPS)[number];
