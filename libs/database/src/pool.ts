import pg from 'pg';
import { PipelinedClient } from './adapters/pipelined-client.js';

const INT8 = pg.types.builtins.INT8;
/** OID of bigint[]; pg's types have no name for it. */
const INT8_ARRAY = 1016 as typeof INT8;
// CHECK constraints keep ids and sums far below 2^53, so a number holds them exactly.
pg.types.setTypeParser(INT8, Number);
// The text of a bigint[] contains digits, commas, two braces and NULL, nothing else.
pg.types.setTypeParser(INT8_ARRAY, (text) => JSON.parse(`[${text.slice(1, -1).toLowerCase()}]`) as number[]);

/**
 * Every statement finds its rows by an index. PostgreSQL prefers to scan a small table, and a session keeps such a plan
 * for foreign key checks: when many orders came in on a young database, each check took a millisecond.
 */
const DISABLE_SEQUENTIAL_SCANS = 'SET enable_seqscan = off';

export class Pool extends pg.Pool {
  constructor(config: pg.PoolConfig) {
    const verify = (client: pg.Client, done: (error?: Error) => void) =>
      client.query(DISABLE_SEQUENTIAL_SCANS, (error) => done(error ?? undefined));
    super({ ...config, Client: PipelinedClient, verify });
  }
}
