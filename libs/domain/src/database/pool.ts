import type { Socket } from 'node:net';
import pg from 'pg';

const INT8 = pg.types.builtins.INT8;
// Not among the names that pg's types know.
const INT8_ARRAY = 1016 as typeof INT8;
// Ids and sums stay far below 2^53 (CHECK constraints see to it), so a number holds them exactly.
pg.types.setTypeParser(INT8, Number);
// Their arrays have nothing in them but digits, commas, the two braces, and NULL.
pg.types.setTypeParser(INT8_ARRAY, (text) => JSON.parse(`[${text.slice(1, -1).toLowerCase()}]`) as number[]);

const CACHED_PLAN_OUTDATED = '0A000';

/** Statements of the flow are few; what else is asked, in whatever combination of filters, is not kept. */
const MAX_STATEMENT_NAMES = 200;
const names = new Map<string, string>();

/** One name for each text, for as long as the process lives. */
function nameOf(text: string): string | undefined {
  if (!names.has(text) && names.size < MAX_STATEMENT_NAMES) names.set(text, `s${names.size}`);
  return names.get(text);
}

/** PostgreSQL's text for a list of numbers. pg quotes and escapes each of them. */
const asParameter = (value: unknown): unknown =>
  Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'number')
    ? `{${value.join(',')}}`
    : value;

const BEGIN = 'START TRANSACTION';

/**
 * What pg and TypeORM leave undone. Statements with parameters are prepared once for each connection, not planned each
 * time. Statements go out without waiting for the answer to those before them, where the caller doesn't wait either;
 * nobody has to wait for the beginning of a transaction. And pg gives up a query after its time limit but keeps the
 * connection, on which every later one would hang as well: here it is closed.
 */
class Client extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super({ ...config, pipeline: true });
    const send = this.query.bind(this) as (...args: unknown[]) => unknown;
    this.query = ((...args: unknown[]) => {
      const [text, values, ...rest] = args;
      if (text === BEGIN) return this.begin(send(text) as Promise<unknown>);
      const isPlain = typeof text !== 'string' || !Array.isArray(values) || values.length === 0;
      const result = isPlain
        ? send(...args)
        : send({ name: nameOf(text), text, values: values.map(asParameter) }, ...rest);
      if (result instanceof Promise) result.catch((error: Error) => this.hangUpAfter(error));
      return result;
    }) as typeof this.query;
  }

  /** What follows is already on its way; where there is no transaction, it must not be carried out by itself. */
  private begin(begun: Promise<unknown>) {
    begun.catch(() => this.hangUp());
    return Promise.resolve({ command: BEGIN, rowCount: null, rows: [], fields: [] });
  }

  private hangUpAfter(error: Error & { code?: string }) {
    // The second: a migration has changed what a prepared statement answers; the next connection prepares it anew.
    if (error.message === 'Query read timeout' || error.code === CACHED_PLAN_OUTDATED) this.hangUp();
  }

  private hangUp() {
    (this as unknown as { connection: { stream: Socket } }).connection.stream.destroy();
  }
}

/**
 * All our statements find their rows by indexes. While a table is small PostgreSQL would rather scan it, and keeps
 * such a plan for the foreign keys of a session: after a rush of orders on a young shop each check took a millisecond.
 */
const BY_INDEXES = 'SET enable_seqscan = off';

export class Pool extends pg.Pool {
  constructor(config: pg.PoolConfig) {
    const verify = (client: pg.Client, done: (error?: Error) => void) =>
      client.query(BY_INDEXES, (error) => done(error ?? undefined));
    super({ ...config, Client, verify });
  }
}
