export interface RepeatOptions {
  /** The idempotency key; default: a new UUID. A caller that stores it can repeat the request after a restart. */
  key?: string;
  /** Default: 5. */
  maxAttempts?: number;
}

/**
 * 409: a request with this key is in progress. 429: the caller has sent too many requests. 503: the API is overloaded, or a
 * dependency is unavailable.
 */
const REPEATABLE = [409, 429, 503];
/** Before a repetition of a request that got no answer. */
const NO_ANSWER_WAIT_SECONDS = 1;
/** An answer with a longer Retry-After is returned. */
const MAX_WAIT_SECONDS = 60;

/**
 * Sends a request with an idempotency key, and repeats it with the same key if it gets no answer, or the status 409, 429
 * or 503 with Retry-After. The API carries it out once.
 *
 * @param send sends the request with this key in the header `Idempotency-Key`
 * @returns the last answer: a success, an error that is not to be repeated, or the one after `maxAttempts`
 * @throws what `send` throws, if it is not the TypeError of a request without an answer, or is that of the last attempt
 */
export async function repeatWithKey<Answer extends { response: Response }>(
  send: (key: string) => Promise<Answer>,
  { key = crypto.randomUUID(), maxAttempts = 5 }: RepeatOptions = {},
): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    let seconds = NO_ANSWER_WAIT_SECONDS;
    try {
      const answer = await send(key);
      seconds = secondsToWait(answer.response);
      if (attempt >= maxAttempts || !(seconds <= MAX_WAIT_SECONDS)) return answer;
    } catch (error) {
      if (attempt >= maxAttempts || !isWithoutAnswer(error)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  }
}

/** @returns NaN if the request is not to be repeated */
function secondsToWait({ status, headers }: Response): number {
  const retryAfter = headers.get('retry-after');
  if (!REPEATABLE.includes(status) || !retryAfter) return NaN;
  // The API sends seconds, a proxy may send a date.
  return /^\d+$/.test(retryAfter)
    ? Number(retryAfter)
    : Math.max(0, Date.parse(retryAfter) - Date.now()) / 1_000;
}

/** By its name, because an error of another realm, for example of a frame, is not an `instanceof` the own class. */
const isWithoutAnswer = (error: unknown) => (error as Partial<Error> | null)?.name === 'TypeError';
