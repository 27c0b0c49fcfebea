// `npm run trace-picture`: draws the trace of a real order through real processes, from its POST to its mail.
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import 'reflect-metadata';
import { OtlpCollector } from '../test/support/otlp-collector.js';
import { FLOW_APPS } from '../apps/manifest.js';
import { System } from '../test/support/system.js';
import { dataOf } from '../test/support/test-client.js';
import { until } from '../test/support/until.js';
import { build } from './build.js';
import { stopCommands } from './command.js';
import { drawWaterfall } from './documents/waterfall.js';
import type { Infrastructure } from './infrastructure/infrastructure.js';
import { removeDeadTestRuns, TestRun } from './infrastructure/test-run.js';
import { runUntilStopped } from './lifecycle.js';
import { root } from './paths.js';
import { print } from './terminal.js';
import { startTestServers, testEnvironment } from './test-servers.js';

const PICTURE = 'docs/trace.svg';
/** Orders placed before the traced one, because processes that have just started are slower. */
const WARM_UP_ORDERS = 30;

const testRun = new TestRun(root, print);
let infrastructure: Infrastructure | undefined;

async function main(): Promise<number> {
  await removeDeadTestRuns(root);
  await build(root, print);
  infrastructure = await startTestServers(testRun, () => undefined);
  Object.assign(process.env, testEnvironment(infrastructure));
  const collector = await OtlpCollector.start();
  const system = await System.start({ apps: FLOW_APPS, environment: collector.environment });
  try {
    const product_id = await system.createProduct(1_000);
    for (let count = 0; count < WARM_UP_ORDERS; count++)
      await waitForMail(collector, await placeOrder(system, product_id));
    const traceId = await placeOrder(system, product_id);
    await waitForMail(collector, traceId);
    draw(collector, traceId);
  } finally {
    await system.stop();
    await collector.stop();
  }
  return 0;
}

/** Places an order as a client that traces its requests. @returns the trace id */
async function placeOrder(system: System, product_id: number): Promise<string> {
  const traceId = randomBytes(16).toString('hex');
  const body = {
    customer: { name: 'Ana Souza', email: 'ana@example.com' },
    items: [{ product_id, quantity: 1 }],
  };
  const headers = { traceparent: `00-${traceId}-${'1'.repeat(16)}-01` };
  await dataOf(system.api.POST('/v1/orders', { body, headers }));
  return traceId;
}

/** Waits for the span of the mail and for the spans that end after it. */
async function waitForMail(collector: OtlpCollector, traceId: string) {
  await until('the mail', () => collector.spansOfTrace(traceId).some(({ name }) => name.startsWith('send ')));
  const count = () => collector.spansOfTrace(traceId).length;
  for (let before = 0; before < count();) {
    before = count();
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

function draw(collector: OtlpCollector, traceId: string) {
  const spans = collector.spansOfTrace(traceId);
  const bars = spans.map((span) => ({
    ...span,
    name: span.name.replace('stock_events:', '').replace(/:\w+_queue$/, ''),
  }));
  const milliseconds = Math.round(Math.max(...spans.map(({ to }) => to)) - spans[0]!.from);
  writeFileSync(
    join(root, PICTURE),
    drawWaterfall(`One order, from POST to mail: one trace, four processes, ${milliseconds} ms`, bars),
  );
  print(PICTURE);
}

runUntilStopped({
  main,
  processes: testRun.processes,
  exitCodeOnSignal: 130,
  cleanUp: async () => {
    stopCommands();
    await infrastructure?.stop();
    testRun.deleteFiles();
  },
});
