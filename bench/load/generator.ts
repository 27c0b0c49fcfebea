import { setTimeout as sleep } from 'node:timers/promises';
import { percentilesOf, type Percentiles } from '../numbers.js';
import { serve } from '../serve.js';
import { Connection } from './connection.js';
import { drawItems, type Plan } from './plan.js';

/** Customers who order: a process of its own, so that its work is not that of what it measures. */
export interface LoadOrder {
  port: number;
  plan: Plan;
  /** Customers at once; each orders again when it is answered. */
  connections: number;
  seconds: number;
  /** Orders in a second, however quickly they are answered; unset: as many as are answered. */
  rate?: number;
}

export interface LoadResult {
  /** Of the accepted orders, in step: their ids, and when they were posted, in milliseconds since 1970. */
  ids: Float64Array;
  postedAt: Float64Array;
  lines: number;
  /** The first POST and the last answer. */
  from: number;
  to: number;
  /** From POST to answer, in milliseconds. */
  latency: Percentiles;
  refused: number;
  /** One refusal, word for word. */
  refusal?: string;
  cpuSeconds: number;
  peakMb: number;
}

let customers = 0;

async function load({ port, plan, connections, seconds, rate }: LoadOrder): Promise<LoadResult> {
  const ids: number[] = [];
  const postedAt: number[] = [];
  const latencies: number[] = [];
  const result = { lines: 0, refused: 0, refusal: undefined as string | undefined };
  const cpu = process.cpuUsage();
  const now = () => performance.timeOrigin + performance.now();

  const place = async (connection: Connection, at: number) => {
    const items = drawItems(plan);
    customers += 1;
    const customer = `{"name":"Ana Souza","email":"order-${customers}@load.example"}`;
    const body = `{"customer":${customer},"items":${JSON.stringify(items)},"locale":"en"}`;
    const answer = await connection.post('/v1/orders', body);
    latencies.push(now() - at);
    const id = answer.status === 202 ? /"id":(\d+)/.exec(answer.body)?.[1] : undefined;
    if (id === undefined) {
      result.refused += 1;
      result.refusal ??= `${answer.status} ${answer.body.slice(0, 300)}`;
      await sleep(10); // a server that refuses isn't to be hammered
      return;
    }
    ids.push(Number(id));
    postedAt.push(at);
    result.lines += items.length;
  };

  const all = Array.from({ length: connections }, () => new Connection(port));
  const from = now();
  const end = from + seconds * 1_000;
  if (rate === undefined)
    await Promise.all(
      all.map(async (connection) => {
        while (now() < end) await place(connection, now());
      }),
    );
  else await paced(all, place, { from, end, rate, now });
  const to = now();
  for (const connection of all) connection.close();
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

/** An order that finds no free connection waits for one, and its time counts from when it was due. */
async function paced(
  all: Connection[],
  place: (connection: Connection, at: number) => Promise<void>,
  { from, end, rate, now }: { from: number; end: number; rate: number; now: () => number },
) {
  const gap = 1_000 / rate;
  let next = 0;
  await Promise.all(
    all.map(async (connection) => {
      for (;;) {
        const due = from + next * gap;
        next += 1;
        if (due >= end) return;
        if (due > now()) await sleep(due - now());
        await place(connection, Math.min(due, now()));
      }
    }),
  );
}

serve(load);
