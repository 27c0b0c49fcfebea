import { setTimeout as sleep } from 'node:timers/promises';

/** Longest pause between two checks. Most checks are requests, which cost processor time that other tests need. */
const MAX_PAUSE_MS = 250;

/**
 * Polls until `check` returns a truthy value. An error from `check` counts as "not yet".
 *
 * @param description what is waited for, for the error message
 * @returns the truthy value
 * @throws Error with the last value or error, if the time is over
 */
export async function until<Result>(
  description: string,
  check: () => Promise<Result> | Result,
  { seconds = 15 } = {},
): Promise<Exclude<Result, false | null | undefined>> {
  const start = Date.now();
  const elapsed = () => Date.now() - start;
  let last: unknown;
  while (elapsed() < seconds * 1_000) {
    try {
      const result = await check();
      if (result) return result as Exclude<Result, false | null | undefined>;
      last = result;
    } catch (error) {
      last = error;
    }
    // The longer the wait, the longer the pause.
    await sleep(Math.min(50 + elapsed() / 10, MAX_PAUSE_MS));
  }
  throw new Error(
    `waited ${seconds} s for: ${description}; last seen: ${last instanceof Error ? last.message : JSON.stringify(last)}`,
  );
}
