import type { Socket } from 'node:net';
import pg from 'pg';
import { OutcomeUnknown } from '../database.errors.js';
import { nameOf } from '../statement-names.js';
import { requestCancel } from './cancel-request.js';

/** Library versions whose source this adapter was checked against. */
export const CHECKED_AGAINST = { pg: '8.23.1' };

/** SQLSTATE `feature_not_supported`: a migration changed the result of a statement that is already prepared. */
const CACHED_PLAN_OUTDATED = '0A000';
/** SQLSTATE `read_only_sql_transaction`. */
const READ_ONLY_SERVER = '25006';
/** SQLSTATE `in_failed_sql_transaction`. */
const TRANSACTION_ABORTED = '25P02';
const QUERY_TIMEOUT = 'Query read timeout';

const BEGIN = 'START TRANSACTION';
const COMMIT = 'COMMIT';
const ROLLBACK = 'ROLLBACK';

type DriverError = Error & { code?: string };
type Result = pg.QueryResult<pg.QueryResultRow>;

/**
 * A client in pg's pipeline mode, with six workarounds.
 *
 * Upstream behaviour:
 * - pg sends statements with parameters without a name, so PostgreSQL plans them at every call. This client gives each
 *   one a name, so that PostgreSQL prepares it once for each connection.
 * - In pipeline mode, pg sends statements without waiting for earlier results, but a caller that awaits the start of a
 *   transaction waits for a round trip. This client resolves the start of a transaction immediately.
 * - After a statement fails, PostgreSQL refuses the later ones of the transaction with 25P02. Their callers may fail
 *   before the caller of the first one, and only its error says what to do. This client rejects all with that error.
 * - pg abandons a query after `query_timeout` and closes the connection, but the server continues it, for example waits
 *   for a lock. This client cancels it on the server.
 * - pg reports the loss of a connection in the same way before and after a commit was sent. This client reports it as
 *   OutcomeUnknown if the commit was sent, and so a write outside of a transaction.
 * - PostgreSQL answers a commit with success if the wait for the synchronous standby was cancelled, and sends a notice
 *   before it. pg does not connect the two. This client reports the commit as OutcomeUnknown.
 *
 * Private member: `connection.stream`, the socket. pg has no public method that closes it immediately.
 */
export class PipelinedClient extends pg.Client {
  private isInTransaction = false;
  /** Error of the first statement that failed in the transaction. */
  private transactionError?: Error;
  private isCancelled = false;
  /** Whether the notice arrived that the commit in progress was not replicated. */
  private isNotReplicated = false;

  constructor(config?: pg.ClientConfig) {
    super({ ...config, pipeline: true });
    const send = this.query.bind(this) as (...args: unknown[]) => unknown;
    this.query = ((...args: unknown[]) => {
      const [text, values, ...rest] = args;
      if (text === BEGIN) return this.begin(send(text) as Promise<Result>);
      if (text === COMMIT) return this.commit(send(text) as Promise<Result>);
      if (text === ROLLBACK) this.isInTransaction = false;
      const hasNoParameters = typeof text !== 'string' || !Array.isArray(values) || values.length === 0;
      const sent = hasNoParameters
        ? send(...args)
        : send({ name: nameOf(text), text, values: values.map(encodeNumberList) }, ...rest);
      if (!(sent instanceof Promise)) return sent;
      const result = (sent as Promise<Result>).catch((error: DriverError) => this.fail(error));
      return this.isInTransaction || isRead(text) ? result : this.withKnownOutcome(result);
    }) as typeof this.query;
    this.on('notice', ({ routine }) => (this.isNotReplicated ||= routine === 'SyncRepWaitForLSN'));
  }

  closeSocket() {
    (this as unknown as { connection: { stream: Socket } }).connection.stream.destroy();
  }

  /** Later statements are already sent. If the transaction does not start, they must not run outside a transaction. */
  private begin(begun: Promise<Result>) {
    this.isInTransaction = true;
    this.transactionError = undefined;
    begun.catch(() => this.closeSocket());
    return Promise.resolve({ command: BEGIN, rowCount: null, rows: [], fields: [] });
  }

  private async commit(committed: Promise<Result>): Promise<Result> {
    this.isInTransaction = false;
    const result = await this.withKnownOutcome(committed.catch((error: DriverError) => this.fail(error)));
    // PostgreSQL rolls back a transaction in which a statement failed, and reports no error.
    if (result.command === ROLLBACK)
      throw new Error('the transaction was rolled back instead of committed', {
        cause: this.transactionError,
      });
    return result;
  }

  /** @throws OutcomeUnknown if it is not known whether the changes are stored */
  private async withKnownOutcome(committed: Promise<Result>): Promise<Result> {
    const result = await committed.catch((error: unknown) => {
      throw isNothingStored(error) ? error : new OutcomeUnknown(error);
    });
    if (!this.isNotReplicated) return result;
    this.isNotReplicated = false;
    throw new OutcomeUnknown(new Error('the commit was not replicated to the synchronous standby'));
  }

  /** @throws the error that the caller gets */
  private fail(error: DriverError): never {
    this.closeAfter(error);
    if (error.code === TRANSACTION_ABORTED) throw this.transactionError ?? error;
    this.transactionError ??= error;
    throw error;
  }

  private closeAfter(error: DriverError) {
    if (error.message === QUERY_TIMEOUT) this.cancelOnServer();
    if (error.code === READ_ONLY_SERVER) this.emit('read-only server');
    if (error.message === QUERY_TIMEOUT || error.code === CACHED_PLAN_OUTDATED) this.closeSocket();
  }

  /** Once: all statements that were sent time out at about the same time. */
  private cancelOnServer() {
    if (this.isCancelled) return;
    this.isCancelled = true;
    requestCancel(this);
  }
}

/** Whether the statement certainly stores nothing. */
const isRead = (text: unknown) =>
  typeof text === 'string' && /^\s*(SELECT|SET|SHOW|SAVEPOINT|ROLLBACK)\b/.test(text);

/** SQLSTATEs with which the server closes the connection; the commit may have been written before. */
const CONNECTION_CLOSED = /^(08...|57P..|25P0[34]|XX...)$/;
const NOT_SENT = /is not queryable$/;

/** Whether a failed commit has certainly stored nothing: the server refused it, or it was not sent. */
function isNothingStored(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return !CONNECTION_CLOSED.test(error.code ?? '');
  return NOT_SENT.test((error as Error).message);
}

/** Writes a list of numbers as PostgreSQL's array text, because pg quotes and escapes every element. */
const encodeNumberList = (value: unknown): unknown =>
  Array.isArray(value) && value.length > 0 && value.every((element) => typeof element === 'number')
    ? `{${value.join(',')}}`
    : value;
