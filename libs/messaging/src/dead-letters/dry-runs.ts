import type { SqlClient } from '@estoque/database';

/** A request is not claimed after this time: its caller no longer waits. */
const VALID_SECONDS = 10;

/** A message whose handler is to be run without an effect. */
export interface DryRunRequest {
  id: number;
  /** Routing key. */
  event: string;
  body: Buffer;
}

/**
 * Requests for dry runs of messages, in the table `dry_runs`: a process that consumes the queue claims a request and
 * stores the result. Through the database and not through the broker, because a process of an earlier release would handle
 * such a message.
 */
export class DryRuns {
  constructor(private readonly sql: SqlClient) {}

  /** @returns the id of the request */
  async request(queue: string, { event, body }: Omit<DryRunRequest, 'id'>): Promise<number> {
    const [request] = await this.sql.query<{ id: number }>(
      'INSERT INTO dry_runs (queue, event, body) VALUES ($1, $2, $3) RETURNING id',
      [queue, event, body],
    );
    return request!.id;
  }

  /** Claims the oldest request for a queue, so that one process runs it. */
  async claim(queue: string): Promise<DryRunRequest | undefined> {
    const [request] = await this.sql.query<DryRunRequest>(
      `UPDATE dry_runs SET claimed = true
       WHERE id = (SELECT id FROM dry_runs
                   WHERE queue = $1 AND NOT claimed
                     AND requested_at > clock_timestamp() - make_interval(secs => ${VALID_SECONDS})
                   ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING id, event, body`,
      [queue],
    );
    return request;
  }

  async answer(id: number, result: object) {
    await this.sql.query('UPDATE dry_runs SET result = $2 WHERE id = $1', [id, JSON.stringify(result)]);
  }

  /** @returns the results so far, by id of the request */
  async resultsOf<Result extends object>(ids: number[]): Promise<Map<number, Result>> {
    const rows = await this.sql.query<{ id: number; result: Result }>(
      'SELECT id, result FROM dry_runs WHERE id = ANY($1) AND result IS NOT NULL',
      [ids],
    );
    return new Map(rows.map(({ id, result }) => [id, result]));
  }

  /** Deletes requests, and those that a crashed process has left: their bodies can contain personal data. */
  async remove(ids: number[]) {
    await this.sql.query(
      `DELETE FROM dry_runs
       WHERE id = ANY($1) OR requested_at < clock_timestamp() - make_interval(secs => ${2 * VALID_SECONDS})`,
      [ids],
    );
  }
}
