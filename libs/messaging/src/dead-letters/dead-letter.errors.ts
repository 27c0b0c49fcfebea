import { AppError } from '@estoque/platform';
import type { DeadLetterState } from './dead-letter.entity.js';
import type { DeadLetterJobState } from './dead-letter-job.entity.js';

export class DeadLetterNotFound extends AppError {
  constructor(id: number) {
    super('missing', 'dead_letter_not_found', `There is no dead letter ${id}.`);
  }
}

/** The dead letter is already replayed or discarded. */
export class DeadLetterClosed extends AppError {
  constructor(id: number, state: DeadLetterState) {
    super('conflict', 'dead_letter_closed', `Dead letter ${id} is ${state} already.`);
  }
}

/** A replay has claimed the dead letter and not closed it yet. The claim ends after a minute at the latest. */
export class DeadLetterReplaying extends AppError {
  constructor(id: number) {
    super('conflict', 'dead_letter_replaying', `Dead letter ${id} is being replayed.`, { retryable: true });
  }
}

/** A replay of the dead letter could never succeed. */
export class DeadLetterNotReplayable extends AppError {
  constructor(id: number, reason: string) {
    super('conflict', 'dead_letter_not_replayable', `Dead letter ${id} cannot be replayed: ${reason}.`);
  }
}

export class DeadLetterJobNotFound extends AppError {
  constructor(id: number) {
    super('missing', 'dead_letter_job_not_found', `There is no job ${id}.`);
  }
}

export class DeadLetterJobEnded extends AppError {
  constructor(id: number, state: DeadLetterJobState) {
    super('conflict', 'dead_letter_job_ended', `Job ${id} is ${state} already.`);
  }
}

export class TooManyDeadLetterJobs extends AppError {
  constructor(max: number) {
    super(
      'conflict',
      'too_many_dead_letter_jobs',
      `${max} jobs are unfinished. Wait for them or cancel some.`,
    );
  }
}
