// Program that places orders at a rate that does not depend on the answers, for the fault `overload`. It is a process of
// its own, so that the requests are sent on time whatever else the fault injector does.
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '../../bench/load/connection.js';
import { authorization } from '../support/credentials.js';

export interface OverloadRequest {
  port: number;
  productIds: number[];
  /** First part of the customers' addresses: unique in a run. */
  customer: string;
  /** Orders per second. */
  rate: number;
  seconds: number;
  /** A client without an answer by then disconnects. */
  timeoutMs: number;
  maxConnections: number;
}

export interface OverloadResult {
  /** Orders sent per second. */
  sent: number;
  /** Number of answers by status; 0: no answer in time. */
  statuses: Record<number, number>;
  /** E-mail address and id of each accepted order. */
  accepted: { email: string; id: number }[];
  /** From sending to the answer, in milliseconds. */
  p99: number;
  /** Processor time that this program used, in seconds for each second. */
  processorUse: number;
  /** Code and detail of the first refusal. */
  refusal?: string;
}

async function generate(request: OverloadRequest): Promise<OverloadResult> {
  const { port, productIds, customer, rate, seconds, timeoutMs, maxConnections } = request;
  const statuses: Record<number, number> = {};
  const accepted: OverloadResult['accepted'] = [];
  const latencies: number[] = [];
  const idle: Connection[] = [];
  let open = 0;
  let count = 0;
  let refusal: string | undefined;
  const pending = new Set<Promise<void>>();

  const place = async () => {
    const connection = idle.pop() ?? new Connection(port, authorization('clerk').authorization);
    open += 1;
    const email = `${customer}-${++count}@load.example`;
    const product_id = productIds[count % productIds.length];
    const body = `{"customer":{"name":"Ana Souza","email":"${email}"},"items":[{"product_id":${product_id},"quantity":1}]}`;
    const sentAt = performance.now();
    const timer = setTimeout(() => connection.close(), timeoutMs);
    const answer = await connection.post('/v1/orders', body);
    clearTimeout(timer);
    open -= 1;
    statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
    if (answer.status !== 0) idle.push(connection);
    if (answer.status !== 0) latencies.push(performance.now() - sentAt);
    if (answer.status === 202) accepted.push({ email, id: Number(/"id":(\d+)/.exec(answer.body)![1]) });
    else refusal ??= answer.body.slice(0, 300);
  };

  const from = performance.now();
  const processorFrom = process.cpuUsage();
  while (performance.now() - from < seconds * 1_000) {
    const due = ((performance.now() - from) / 1_000) * rate;
    while (count < due && open < maxConnections) {
      const placing = place().finally(() => pending.delete(placing));
      pending.add(placing);
    }
    await sleep(1);
  }
  const { user, system } = process.cpuUsage(processorFrom);
  const processorUse = (user + system) / 1_000 / (performance.now() - from);
  const sent = count / seconds;
  await Promise.all(pending);
  for (const connection of idle) connection.close();
  latencies.sort((a, b) => a - b);
  const p99 = latencies[Math.floor(latencies.length * 0.99)] ?? NaN;
  return { sent, statuses, accepted, p99, processorUse, refusal };
}

process.stdout.write(JSON.stringify(await generate(JSON.parse(process.argv[2]!) as OverloadRequest)));
