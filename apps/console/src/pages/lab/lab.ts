import { RequestRefused, type Problem } from '../../api.js';
import { credential } from '../../session/credential.js';

/** The routes of the lab exist in development only, so they are not part of the API's contract and its client. */
export interface Lab {
  drills: { name: DrillName; description: string }[];
  /** The newest one first. */
  runs: DrillRun[];
}

export type DrillName =
  'kill-worker' | 'broker-outage' | 'duplicates' | 'poison' | 'hot-product' | 'slow-database';

export interface DrillRun {
  id: number;
  drill: DrillName;
  state: 'running' | 'succeeded' | 'violated' | 'failed';
  started_at: string;
  finished_at: string | null;
  steps: { at: string; text: string }[];
  result: DrillResult | null;
}

export interface DrillResult {
  accepted: number;
  refused: number;
  unanswered: number;
  processed: number;
  rejected: number;
  unfinished: number;
  wrong_notifications: number;
  reconciles: boolean | null;
}

export const readLab = () => request('GET', '/v1/lab/drills');

export const startDrill = (name: DrillName) => request('POST', `/v1/lab/drills/${name}/runs`);

/** @throws RequestRefused */
async function request(method: string, path: string): Promise<Lab> {
  const response = await fetch(path, {
    method,
    headers: {
      authorization: `Bearer ${credential()}`,
      ...(method === 'POST' && { 'content-type': 'application/json' }),
    },
    body: method === 'POST' ? '{}' : undefined,
  });
  const body = (await response.json()) as Lab | Problem;
  if (!response.ok) throw new RequestRefused(body as Problem);
  return body as Lab;
}
