import { AppError } from '@estoque/platform';

/** The server is a standby, or it was switched to read-only. */
export class ReadOnlyServer extends AppError {
  constructor() {
    super('unavailable', 'database_read_only', 'The database server accepts no writes. Nothing was stored.');
  }
}

/**
 * The connection was lost, or the time limit was exceeded, after the commit was sent and before it was answered; or the
 * commit was not replicated to the synchronous standby.
 */
export class OutcomeUnknown extends AppError {
  constructor(cause: unknown) {
    super(
      'unavailable',
      'outcome_unknown',
      'The request may have been carried out. Repeat it with the same Idempotency-Key: it is then carried out once.',
      { cause },
    );
  }
}

/** Rows that other sessions have locked for longer than the lock timeout. */
export class RowLocked extends AppError {
  /** @param rows as text, for example `stock of product 12` */
  constructor(readonly rows: string[]) {
    super(
      'unavailable',
      'row_locked',
      `Locked by another session: ${rows.join(', ')}. Nothing was stored. Please try again.`,
    );
  }
}

/** TypeORM wraps the errors of the driver. @returns the AppError that a wrapper contains; any other error unchanged */
export function unwrapDriverError(error: unknown): unknown {
  const { driverError } = error as { driverError?: unknown };
  return driverError instanceof AppError ? driverError : error;
}
