import { setTimeout as sleep } from 'node:timers/promises';
import type { AppProcesses } from './injector/app-processes.js';

const ENDPOINTS = ['live', 'ready', 'accepting'];
const PAUSE_MS = 200;

export interface ApiObservations {
  megabytesBefore: number;
  maxMegabytes: number;
  slowestHealthMs: number;
  /** Answers of the health endpoints other than 200, such as `ready 503`; 0 if there was no answer. */
  healthFailures: Set<string>;
}

/** Observes the api while `work` runs: how long its health endpoints take to answer, and how much memory it uses. */
export async function watchApiDuring(
  work: () => Promise<void>,
  apps: AppProcesses,
): Promise<ApiObservations> {
  const megabytes = apps.memoryMegabytes('api');
  const observed = {
    megabytesBefore: megabytes,
    maxMegabytes: megabytes,
    slowestHealthMs: 0,
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
  const readHealth = async (endpoint: string) => {
    const startedAt = performance.now();
    const status = await statusOf(`${apps.url('api')}/health/${endpoint}`);
    observed.slowestHealthMs = Math.max(observed.slowestHealthMs, performance.now() - startedAt);
    if (status !== 200) observed.healthFailures.add(`${endpoint} ${status}`);
  };
  const watching = [repeat(readMemory), ...ENDPOINTS.map((endpoint) => repeat(() => readHealth(endpoint)))];
  try {
    await work();
  } finally {
    isRunning = false;
    await Promise.all(watching);
  }
  return observed;
}

async function statusOf(url: string): Promise<number> {
  try {
    const response = await fetch(url);
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}
