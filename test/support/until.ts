import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for a condition, never for a time: polls until `check` returns something truthy, and says what it last saw. */
export async function until<Result>(
  what: string,
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
    `waited ${seconds} s for: ${what}; last seen: ${last instanceof Error ? last.message : JSON.stringify(last)}`,
  );
}
