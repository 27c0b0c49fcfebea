import pg from 'pg';
import { PipelinedClient } from './adapters/pipelined-client.js';

const INT8 = pg.types.builtins.INT8;
/** OID of bigint[]; pg's types have no name for it. */
const INT8_ARRAY = 1016 as typeof INT8;
// CHECK constraints keep ids and sums far below 2^53, so a number holds them exactly.
pg.types.setTypeParser(INT8, Number);
// The text of a bigint[] contains only two braces, digits, minus signs, commas and NULL.
pg.types.setTypeParser(INT8_ARRAY, (text) => JSON.parse(`[${text.slice(1, -1).toLowerCase()}]`) as number[]);

/**
 * The statements of the order flow find their rows by an index. But PostgreSQL prefers to scan a small table, and a
 * session keeps such a plan for foreign key checks: when many orders were placed in an almost empty database, each
 * check took a millisecond. The setting does not forbid sequential scans: PostgreSQL uses one only if there is no other
 * plan.
 */
const DISCOURAGE_SEQUENTIAL_SCANS = 'SET enable_seqscan = off';

export class Pool extends pg.Pool {
  constructor(config: pg.PoolConfig) {
    const verify = (client: pg.Client, done: (error?: Error) => void) =>
      client.query(DISCOURAGE_SEQUENTIAL_SCANS, (error) => done(error ?? undefined));
    super({ ...config, Client: PipelinedClient, verify });
  }
}
