import { until } from '../support/until.js';
import type { FaultInjector } from './injector/fault-injector.js';
import { refusalOf, type OrderRequest, type Refusal } from './load.js';

/** Requests that were not accepted, by what the client knows, and how many of them stored an order nevertheless. */
export type NotAccepted = Record<Refusal, { requests: number; stored: number }>;

export function countNotAccepted(requests: OrderRequest[]): NotAccepted {
  const counts: NotAccepted = {
    refused: { requests: 0, stored: 0 },
    'outcome unknown': { requests: 0, stored: 0 },
    unanswered: { requests: 0, stored: 0 },
  };
  for (const request of requests) {
    const refusal = refusalOf(request);
    if (!refusal) continue;
    counts[refusal].requests += 1;
    if (request.isStored) counts[refusal].stored += 1;
  }
  return counts;
}

/** @returns such as `3 refused, 2 outcome unknown (1 stored)` */
export function formatNotAccepted(counts: NotAccepted): string {
  return (Object.keys(counts) as Refusal[])
    .map((refusal) => {
      const { requests, stored } = counts[refusal];
      return `${requests} ${refusal}${stored > 0 ? ` (${stored} stored)` : ''}`;
    })
    .join(', ');
}

/** Looks up in the database which of the requests that were not accepted stored an order, before they are repeated. */
export async function findStoredOrders({ load, database }: FaultInjector) {
  const requests = load.requests.filter((request) => refusalOf(request) && !request.isRepeated);
  const rows = await database.query<{ email: string }>(
    'SELECT customer_email AS email FROM orders WHERE customer_email = ANY ($1)',
    [requests.map(({ email }) => email)],
  );
  const stored = new Set(rows.map(({ email }) => email));
  for (const request of requests) request.isStored = stored.has(request.email);
}

/** Waits until the requests are answered. @returns how they were answered, as text, and the time of the slowest answer */
export async function describeAnswers(injector: FaultInjector, requests: OrderRequest[]) {
  const isAnswered = ({ answeredAfterMs }: OrderRequest) => answeredAfterMs !== undefined;
  await until('all requests to be answered', () => requests.every(isAnswered), { seconds: 60 });
  await findStoredOrders(injector);
  const accepted = requests.filter(({ status }) => status === 202).length;
  const slowestMs = Math.max(0, ...requests.map(({ answeredAfterMs }) => answeredAfterMs!));
  const seconds = (slowestMs / 1_000).toFixed(1);
  const description = `${requests.length} requests: ${accepted} accepted, ${formatNotAccepted(countNotAccepted(requests))}; slowest answer after ${seconds} s`;
  return { description, slowestMs };
}
