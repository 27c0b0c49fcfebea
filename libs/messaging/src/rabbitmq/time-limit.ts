import { AppError } from '@estoque/platform';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Bounds a wait for the broker: on a connection that it has blocked, it does not respond.
 *
 * @param message of the error, if the time is over
 * @throws AppError `broker_unavailable`
 */
export function withinTime<Result>(work: Promise<Result>, ms: number, message: string): Promise<Result> {
  const timeout = sleep(ms, undefined, { ref: false }).then(() => {
    throw new AppError('unavailable', 'broker_unavailable', message);
  });
  return Promise.race([work, timeout]);
}
