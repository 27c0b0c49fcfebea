import type { EntityManager } from 'typeorm';
import type { FlowSample, TotalsByInstance } from './flow-sample.js';

/** How far apart samples are, in seconds, and for how long they are kept: for a chart of 15 minutes and one of 24 hours. */
export const FLOW_RESOLUTIONS = [
  { seconds: 10, keptSeconds: 20 * 60 },
  { seconds: 300, keptSeconds: 25 * 3_600 },
] as const;

export type FlowResolution = (typeof FLOW_RESOLUTIONS)[number];

export interface StoredFlowSample {
  at: Date;
  sample: FlowSample;
}

/** Writes `flow_samples`: the history of the flow in two resolutions. */
export class FlowSampleRepository {
  constructor(private readonly manager: EntityManager) {}

  /**
   * @returns time of the sample that is due, and the last one; undefined if none is due. All processes compute the same
   *   time, so only one of them can store the sample.
   */
  async due({
    seconds,
  }: FlowResolution): Promise<{ at: Date; seconds: number; last: TotalsByInstance | null } | undefined> {
    const [row] = await this.manager.query<
      { at: Date; seconds: number | null; last: TotalsByInstance | null }[]
    >(
      `SELECT due.at, extract(epoch FROM due.at - last.at)::float8 AS seconds, last.totals AS last
       FROM (SELECT to_timestamp(floor(extract(epoch FROM clock_timestamp()) / $1) * $1) AS at) AS due
       LEFT JOIN LATERAL (
         SELECT at, totals FROM flow_samples WHERE resolution = $1 ORDER BY resolution DESC, at DESC LIMIT 1) AS last ON true
       WHERE last.at IS NULL OR last.at < due.at`,
      [seconds],
    );
    return row && { ...row, seconds: row.seconds ?? seconds };
  }

  /** Stores a sample unless another process has stored it, and deletes old ones. */
  async add(
    { seconds, keptSeconds }: FlowResolution,
    at: Date,
    sample: FlowSample,
    totals: TotalsByInstance,
  ) {
    await this.manager.query(
      `WITH pruned AS (
         DELETE FROM flow_samples WHERE resolution = $1 AND at < $2::timestamptz - make_interval(secs => $5)
       )
       INSERT INTO flow_samples (resolution, at, sample, totals) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
      [seconds, at, JSON.stringify(sample), JSON.stringify(totals), keptSeconds],
    );
  }

  /** @returns the samples of the last `forSeconds`, oldest first */
  list({ seconds }: FlowResolution, forSeconds: number): Promise<StoredFlowSample[]> {
    return this.manager.query<StoredFlowSample[]>(
      `SELECT at, sample FROM flow_samples
       WHERE resolution = $1 AND at > clock_timestamp() - make_interval(secs => $2) ORDER BY at`,
      [seconds, forSeconds],
    );
  }

  /** @returns the latest sample of the finer resolution; undefined if the last minute has none */
  async latest(): Promise<StoredFlowSample | undefined> {
    return (await this.list(FLOW_RESOLUTIONS[0], 60)).at(-1);
  }
}
