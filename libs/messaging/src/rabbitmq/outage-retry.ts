import { RowLocked } from '@estoque/database';
import { AppError, kindOf } from '@estoque/platform';
import { setTimeout as sleep } from 'node:timers/promises';
import { CircuitOpen } from './circuit-breaker.js';

const WAIT_MS = { first: 250, max: 5_000 };

interface OutageRetry {
  /** Returns false if the channel of the message is lost: its message can no longer be acknowledged. */
  shouldContinue: () => boolean;
  /** Called before each wait. */
  onWait: (error: Error, waitMs: number) => void;
  /** Aborted when the process shuts down; ends the waiting. */
  signal: AbortSignal;
  /** Time of `performance.now()` at which the waiting ends. */
  deadline: number;
}

/**
 * Runs `work` again while it fails because a dependency is unavailable. This uses up no attempt of the message. If all
 * messages of the prefetch window wait, the broker delivers no more: consuming pauses until the dependency is available
 * again.
 *
 * A row that another session has locked is not an outage: other messages can be handled. The message must not occupy
 * the prefetch window, so it does not wait here.
 *
 * @throws the error of `work`, if it has another kind, if it is RowLocked, or if waiting ended
 */
export async function retryDuringOutage<Result>(
  work: () => Promise<Result>,
  { shouldContinue, onWait, signal, deadline }: OutageRetry,
): Promise<Result> {
  for (let wait = WAIT_MS.first; ; wait = Math.min(wait * 2, WAIT_MS.max)) {
    try {
      return await work();
    } catch (error) {
      // The pause of the circuit breaker was aborted.
      if ((error as Error).name === 'AbortError')
        throw new AppError('unavailable', 'stopping', 'stopping', { cause: error });
      if (error instanceof RowLocked) throw error;
      // The message of a failed trial call returns to its queue, so that others can be tried.
      if (error instanceof CircuitOpen) throw error;
      if (kindOf(error) !== 'unavailable' || !shouldContinue() || performance.now() > deadline) throw error;
      onWait(error as Error, wait);
      await sleep(wait, undefined, { signal }).catch(() => {
        throw error;
      });
    }
  }
}
