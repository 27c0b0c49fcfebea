import { setTimeout as sleep } from 'node:timers/promises';

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
  const end = Date.now() + seconds * 1_000;
  let last: unknown;
  while (Date.now() < end) {
    try {
      const result = await check();
      if (result) return result as Exclude<Result, false | null | undefined>;
      last = result;
    } catch (error) {
      last = error;
    }
    await sleep(50);
  }
  throw new Error(
    `waited ${seconds} s for: ${description}; last seen: ${last instanceof Error ? last.message : JSON.stringify(last)}`,
  );
}
