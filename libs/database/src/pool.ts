import pg from 'pg';
import { PipelinedClient } from './adapters/pipelined-client.js';
import { ReadOnlyServer } from './database.errors.js';
import { applySettings, type SessionLimits } from './session-settings.js';

const INT8 = pg.types.builtins.INT8;
/** OID of bigint[]; pg's types have no name for it. */
const INT8_ARRAY = 1016 as typeof INT8;
// CHECK constraints keep ids and sums far below 2^53, so a number holds them exactly.
pg.types.setTypeParser(INT8, Number);
// The text of a bigint[] contains only two braces, digits, minus signs, commas and NULL.
pg.types.setTypeParser(INT8_ARRAY, (text) => JSON.parse(`[${text.slice(1, -1).toLowerCase()}]`) as number[]);

/**
 * A pool of connections with the settings of session-settings.ts.
 *
 * All connections lead to the same address. If one finds that its server accepts no writes (a failover, and the address
 * moves), all connections are closed: the next ones lead to the server that the address stands for then. A connection
 * to a standby is refused.
 */
export class Pool extends pg.Pool {
  /** Whether each connection is in use. */
  private readonly inUse = new Map<PipelinedClient, boolean>();
  private readonly closeAfterUse = new WeakSet<PipelinedClient>();

  constructor(config: pg.PoolConfig & { limits: SessionLimits }) {
    const settings = applySettings(config.limits);
    const verify = (client: pg.Client, done: (error?: Error) => void) =>
      client.query<{ is_standby: boolean }>(settings, (error: Error | null, result) =>
        done(error ?? (result.rows[0]!.is_standby ? new ReadOnlyServer() : undefined)),
      );
    super({ ...config, Client: PipelinedClient, verify });
    this.on('connect', (client) => {
      // The callers of its queries get the error. pg-pool listens only while the client is idle, and Node ends a process
      // in which nobody listens.
      client.on('error', () => undefined);
      asPipelined(client).once('read-only server', () => this.closeConnections());
    });
    this.on('acquire', (client) => this.inUse.set(asPipelined(client), true));
    this.on('release', (_error, client) => this.markReleased(asPipelined(client)));
    this.on('remove', (client) => this.inUse.delete(asPipelined(client)));
  }

  private markReleased(client: PipelinedClient) {
    this.inUse.set(client, false);
    // The pool removes a connection that is ending.
    if (this.closeAfterUse.has(client)) void client.end();
  }

  /** A transaction in progress can still be rolled back: its connection is closed afterwards. */
  private closeConnections() {
    for (const [client, isInUse] of this.inUse) {
      if (isInUse) this.closeAfterUse.add(client);
      else client.closeSocket();
    }
  }
}

/** The pool creates clients of this class only. */
const asPipelined = (client: pg.PoolClient) => client as unknown as PipelinedClient;
