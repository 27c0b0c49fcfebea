import type { Socket } from 'node:net';
import pg from 'pg';
import { nameOf } from '../statement-names.js';

/** Library versions whose source this adapter was checked against. */
export const CHECKED_AGAINST = { pg: '8.23.1' };

/** SQLSTATE `feature_not_supported`: a migration changed the result of a statement that is already prepared. */
const CACHED_PLAN_OUTDATED = '0A000';

const BEGIN = 'START TRANSACTION';

/**
 * A client in pg's pipeline mode, with three workarounds.
 *
 * Upstream behaviour:
 * - pg sends statements with parameters without a name, so PostgreSQL plans them at every call. This client gives each
 *   one a name, so that PostgreSQL prepares it once for each connection.
 * - In pipeline mode, pg sends statements without waiting for earlier results, but a caller that awaits the start of a
 *   transaction waits for a round trip. This client resolves the start of a transaction immediately.
 * - pg abandons a query after `query_timeout` but keeps the connection, and every later query on it waits as well. This
 *   client closes the connection.
 *
 * Private member: `connection.stream`, the socket. pg has no public method that closes it immediately.
 */
export class PipelinedClient extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super({ ...config, pipeline: true });
    const send = this.query.bind(this) as (...args: unknown[]) => unknown;
    this.query = ((...args: unknown[]) => {
      const [text, values, ...rest] = args;
      if (text === BEGIN) return this.begin(send(text) as Promise<unknown>);
      const hasNoParameters = typeof text !== 'string' || !Array.isArray(values) || values.length === 0;
      const result = hasNoParameters
        ? send(...args)
        : send({ name: nameOf(text), text, values: values.map(encodeNumberList) }, ...rest);
      if (result instanceof Promise) result.catch((error: Error) => this.closeAfter(error));
      return result;
    }) as typeof this.query;
  }

  /** Later statements are already sent. If the transaction does not start, they must not run outside a transaction. */
  private begin(begun: Promise<unknown>) {
    begun.catch(() => this.closeSocket());
    return Promise.resolve({ command: BEGIN, rowCount: null, rows: [], fields: [] });
  }

  private closeAfter(error: Error & { code?: string }) {
    if (error.message === 'Query read timeout' || error.code === CACHED_PLAN_OUTDATED) this.closeSocket();
  }

  private closeSocket() {
    (this as unknown as { connection: { stream: Socket } }).connection.stream.destroy();
  }
}

/** Writes a list of numbers as PostgreSQL's array text, because pg quotes and escapes every element. */
const encodeNumberList = (value: unknown): unknown =>
  Array.isArray(value) && value.length > 0 && value.every((element) => typeof element === 'number')
    ? `{${value.join(',')}}`
    : value;
