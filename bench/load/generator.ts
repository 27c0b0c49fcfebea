import { setTimeout as sleep } from 'node:timers/promises';
import { percentilesOf, type Percentiles } from '../numbers.js';
import { serve } from '../serve.js';
import { Connection } from './connection.js';
import { drawItems, type Workload } from './workload.js';

/** Request to the load generator, which runs in a process of its own so that its usage is measured separately. */
export interface LoadRequest {
  port: number;
  /** Values of the header `Authorization`; the clients use them in turn. */
  authorizations: string[];
  workload: Workload;
  /** Concurrent clients; each sends its next order when the previous one is answered. */
  connections: number;
  seconds: number;
  /** Orders per second, independent of the answers. Unset: each client sends as fast as it is answered. */
  rate?: number;
}

export interface LoadResult {
  /** Ids of the accepted orders. */
  ids: Float64Array;
  /** Time at which each of these orders was posted or, if `rate` is set, was due; in milliseconds since 1970. */
  postedAt: Float64Array;
  lines: number;
  /** Times of the first POST and of the last answer, in milliseconds since 1970. */
  from: number;
  to: number;
  /** From POST (or, if `rate` is set, from the time at which the order was due) to the answer, in milliseconds. */
  latency: Percentiles;
  refused: number;
  /** Status and body of the first refusal. */
  refusal?: string;
  cpuSeconds: number;
  peakMb: number;
}

/** Numbers the orders of this process, so that each has an e-mail address of its own. */
let orderCount = 0;

async function load(request: LoadRequest): Promise<LoadResult> {
  const { port, authorizations, workload, connections: count, seconds, rate } = request;
  const ids: number[] = [];
  const postedAt: number[] = [];
  const latencies: number[] = [];
  const result = { lines: 0, refused: 0, refusal: undefined as string | undefined };
  const cpu = process.cpuUsage();
  const now = () => performance.timeOrigin + performance.now();

  const placeOrder = async (connection: Connection, dueAt: number) => {
    const items = drawItems(workload);
    orderCount += 1;
    const customer = `{"name":"Ana Souza","email":"order-${orderCount}@load.example"}`;
    const payment = workload.paymentMethod ? `,"payment":{"method":"${workload.paymentMethod}"}` : '';
    const body = `{"customer":${customer},"items":${JSON.stringify(items)},"locale":"en"${payment}}`;
    const answer = await connection.post('/v1/orders', body);
    latencies.push(now() - dueAt);
    const id = answer.status === 202 ? /"id":(\d+)/.exec(answer.body)?.[1] : undefined;
    if (id === undefined) {
      result.refused += 1;
      result.refusal ??= `${answer.status} ${answer.body.slice(0, 300)}`;
      await sleep(10); // do not retry in a tight loop
      return;
    }
    ids.push(Number(id));
    postedAt.push(dueAt);
    result.lines += items.length;
  };

  const connections = Array.from(
    { length: count },
    (_, index) => new Connection(port, authorizations[index % authorizations.length]!),
  );
  const from = now();
  const end = from + seconds * 1_000;
  if (rate === undefined)
    await Promise.all(
      connections.map(async (connection) => {
        while (now() < end) await placeOrder(connection, now());
      }),
    );
  else await placeAtRate(connections, placeOrder, { from, end, rate, now });
  const to = now();
  for (const connection of connections) connection.close();
  const { user, system } = process.cpuUsage(cpu);
  return {
    ...result,
    ids: Float64Array.from(ids),
    postedAt: Float64Array.from(postedAt),
    from,
    to,
    latency: percentilesOf(latencies),
    cpuSeconds: (user + system) / 1e6,
    peakMb: process.resourceUsage().maxRSS / 1024,
  };
}

/** If no connection is free when an order is due, it waits for one. Its latency counts from the time it was due. */
async function placeAtRate(
  connections: Connection[],
  placeOrder: (connection: Connection, dueAt: number) => Promise<void>,
  { from, end, rate, now }: { from: number; end: number; rate: number; now: () => number },
) {
  const intervalMs = 1_000 / rate;
  let next = 0;
  await Promise.all(
    connections.map(async (connection) => {
      for (;;) {
        const dueAt = from + next * intervalMs;
        next += 1;
        if (dueAt >= end) return;
        if (dueAt > now()) await sleep(dueAt - now());
        await placeOrder(connection, Math.min(dueAt, now()));
      }
    }),
  );
}

serve(load);
