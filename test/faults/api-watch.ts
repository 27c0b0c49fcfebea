import { setTimeout as sleep } from 'node:timers/promises';
import type { AppProcesses } from './injector/app-processes.js';

const ENDPOINTS = ['live', 'ready', 'accepting'] as const;
type Endpoint = (typeof ENDPOINTS)[number];
const PAUSE_MS = 200;

export interface ApiObservations<Result> {
  /** What `work` returned. */
  result: Result;
  megabytesBefore: number;
  maxMegabytes: number;
  /** The slowest answer of each health endpoint. */
  slowestMs: Record<Endpoint, number>;
  /** Answers of the health endpoints other than 200, such as `ready 503`; 0 if there was no answer. */
  healthFailures: Set<string>;
}

/** Observes the api while `work` runs: how long its health endpoints take to answer, and how much memory it uses. */
export async function watchApiDuring<Result>(
  work: () => Promise<Result>,
  apps: AppProcesses,
): Promise<ApiObservations<Result>> {
  const megabytes = apps.memoryMegabytes('api');
  const observed = {
    megabytesBefore: megabytes,
    maxMegabytes: megabytes,
    slowestMs: { live: 0, ready: 0, accepting: 0 },
    healthFailures: new Set<string>(),
  };
  let isRunning = true;
  const repeat = async (observe: () => Promise<void> | void) => {
    while (isRunning) {
      await observe();
      await sleep(PAUSE_MS);
    }
  };
  const readMemory = () => {
    observed.maxMegabytes = Math.max(observed.maxMegabytes, apps.memoryMegabytes('api'));
  };
  const readHealth = async (endpoint: Endpoint) => {
    const startedAt = performance.now();
    const status = await statusOf(`${apps.url('api')}/health/${endpoint}`);
    const ms = performance.now() - startedAt;
    observed.slowestMs[endpoint] = Math.max(observed.slowestMs[endpoint], ms);
    if (status !== 200) observed.healthFailures.add(`${endpoint} ${status}`);
  };
  const watching = [repeat(readMemory), ...ENDPOINTS.map((endpoint) => repeat(() => readHealth(endpoint)))];
  let result: Result;
  try {
    result = await work();
  } finally {
    isRunning = false;
    await Promise.all(watching);
  }
  return { result, ...observed };
}

/** On a new connection, as a probe of Kubernetes. */
async function statusOf(url: string): Promise<number> {
  try {
    const response = await fetch(url, { headers: { connection: 'close' } });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}
