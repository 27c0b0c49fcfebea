/** Share of the time that readings may take. */
const MAX_DUTY = 0.05;
const MIN_INTERVAL_MS = 2_000;

/**
 * Limits how often a gauge is read, for a reading that costs a query. Scrapes get the last reading until the next one is
 * due: after two seconds, or later if a reading takes long.
 *
 * @param now clock in milliseconds
 */
export function sampled<Reading>(
  read: () => Promise<Reading>,
  now = () => performance.now(),
): () => Promise<Reading> {
  let reading: Promise<Reading> | undefined;
  let due = -Infinity;
  return () => {
    if (reading && now() < due) return reading;
    const begin = now();
    due = Infinity;
    // In a function, so that an exception of `read` is a failed reading.
    reading = (async () => read())().finally(
      () => (due = now() + Math.max(MIN_INTERVAL_MS, (now() - begin) / MAX_DUTY)),
    );
    return reading;
  };
}
