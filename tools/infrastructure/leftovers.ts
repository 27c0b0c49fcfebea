import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readJson, writeAtomically } from './files.js';
import { isAlive, type Identity } from './identity.js';
import { sendSignal, STOP_TIMEOUT_MS } from './signals.js';

/** A record of a running process, so that a later run can stop it if this one is killed. */
interface ProcessRecord extends Identity {
  name: string;
  stopSignal: NodeJS.Signals;
  /** The highest stage is stopped first. */
  stage: number;
}

export function writeRecord(folder: string, record: ProcessRecord): void {
  writeAtomically(join(folder, `${record.name}.json`), JSON.stringify(record));
}

export function deleteRecord(folder: string, name: string): void {
  rmSync(join(folder, `${name}.json`), { force: true });
}

/**
 * Stops the processes of a killed run that are still running, and deletes their records. If a process has ended, or its
 * process id belongs to another process now, only its record is deleted.
 *
 * @returns the names of the stopped processes
 */
export async function endLeftovers(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return [];
  const records = readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => readJson<ProcessRecord>(join(folder, file)))
    .filter((record) => record !== undefined)
    .sort((a, b) => b.stage - a.stage);
  const stopped: string[] = [];
  for (const stage of [...new Set(records.map((record) => record.stage))]) {
    const running = records.filter((record) => record.stage === stage && isAlive(record));
    await Promise.all(running.map(stop));
    stopped.push(...running.map((record) => record.name));
  }
  for (const file of readdirSync(folder)) rmSync(join(folder, file), { force: true });
  return stopped;
}

async function stop(record: ProcessRecord): Promise<void> {
  sendSignal(record.pid, record.stopSignal);
  const deadline = Date.now() + STOP_TIMEOUT_MS;
  while (isAlive(record) && Date.now() < deadline) await sleep(50);
  // Also kill the other processes of its group, such as apps that a test run had started.
  sendSignal(-record.pid, 'SIGKILL');
  while (isAlive(record)) await sleep(50);
}
