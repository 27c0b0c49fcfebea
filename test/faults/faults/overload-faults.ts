import { execFile } from 'node:child_process';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { apiKeyOf } from '../../support/credentials.js';
import { RawConnection } from '../../support/raw-http.js';
import { until } from '../../support/until.js';
import { watchApiDuring } from '../api-watch.js';
import type { Experiment, Fault } from '../experiment.js';
import type { FaultInjector } from '../injector/fault-injector.js';
import type { OverloadRequest, OverloadResult } from '../overload-generator.js';

const CLIENT_TIMEOUT_MS = 5_000;
/** Timeout of the liveness probe in the manifests of Kubernetes. */
const PROBE_TIMEOUT_MS = 5_000;
/** Memory that the api may need in addition to that before the fault. */
const MAX_GROWTH_MB = 250;

export const overload: Fault = {
  name: 'overload',
  description: 'places ten times as many orders as the system accepts at most',
  drainsWithin: 300,
  async inject(injector, experiment) {
    const seconds = experiment.short ? 8 : 30;
    // Enough at once to find the best rate, and few enough that none of them times out.
    const best = await generate(injector, { rate: 10_000, seconds, maxConnections: 64 });
    const acceptedAtBest = best.accepted.length / seconds;
    const rate = 10 * acceptedAtBest;
    const { result: over, ...api } = await watchApiDuring(
      () => generate(injector, { rate, seconds, maxConnections: 3_500 }),
      injector.apps,
    );
    const slowestProbe = api.slowestMs.live;
    const growth = api.maxMegabytes - api.megabytesBefore;
    const accepted = over.accepted.length / seconds;
    // The clients share the processors with the system, and ten times as many orders cost them more.
    const share = acceptedPerProcessor(over, seconds) / acceptedPerProcessor(best, seconds);
    experiment.note(
      `best ${acceptedAtBest.toFixed(0)} orders/s with 64 clients; then ${over.sent.toFixed(0)} orders/s sent, ` +
        `${accepted.toFixed(0)} accepted in time (${(accepted / acceptedAtBest).toFixed(2)}; ` +
        `${share.toFixed(2)} for each processor that the clients left free: they used ${best.processorUse.toFixed(2)}, ` +
        `then ${over.processorUse.toFixed(2)} of ${cpus().length}), answers ${JSON.stringify(over.statuses)}, ` +
        `p99 ${over.p99.toFixed(0)} ms, slowest liveness probe ${slowestProbe.toFixed(0)} ms, api ${growth.toFixed(0)} MB more`,
    );
    expectOnlyOverload(experiment, over);
    experiment.expect(
      share >= 0.9,
      `overload costs at most a tenth of the accepted orders (${share.toFixed(2)})`,
    );
    experiment.expect(over.p99 < CLIENT_TIMEOUT_MS, `clients are answered in time (p99 ${over.p99} ms)`);
    experiment.expect(
      slowestProbe < PROBE_TIMEOUT_MS,
      `liveness probes are answered in time (${slowestProbe} ms)`,
    );
    experiment.expect(growth < MAX_GROWTH_MB, `the memory of the api is bounded (${growth} MB more)`);
  },
};

/** @returns accepted orders per second for each processor that the load generator did not use */
const acceptedPerProcessor = ({ accepted, processorUse }: OverloadResult, seconds: number) =>
  accepted.length / seconds / (cpus().length - processorUse);

function expectOnlyOverload(experiment: Experiment, { statuses, refusal }: OverloadResult) {
  const others = Object.keys(statuses).filter((status) => !['202', '503'].includes(status));
  const timeouts = statuses[0] ?? 0;
  const sent = Object.values(statuses).reduce((sum, count) => sum + count);
  experiment.expect((statuses[503] ?? 0) > 0, 'orders above the limit are refused');
  experiment.expect(
    !refusal || refusal.includes('"overloaded"'),
    `orders are refused only because of overload (${refusal})`,
  );
  experiment.expect(timeouts < 0.01 * sent, `clients get an answer (${timeouts} of ${sent} did not)`);
  experiment.expect(
    others.every((status) => status === '0'),
    `no other answers than 202 and 503 (${others.join(', ')})`,
  );
}

/** Sends orders, and adds the accepted ones to those that the ledger expects. */
async function generate(
  { apps, load, options, products }: FaultInjector,
  request: Pick<OverloadRequest, 'rate' | 'seconds' | 'maxConnections'>,
): Promise<OverloadResult> {
  const full: OverloadRequest = {
    ...request,
    port: Number(new URL(apps.url('api')).port),
    productIds: products.plentiful,
    customer: `overload-${Date.now()}`,
    timeoutMs: CLIENT_TIMEOUT_MS,
  };
  const program = join(options.root, 'test', 'faults', 'overload-generator.ts');
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', program, JSON.stringify(full)],
    { cwd: options.root, maxBuffer: 1024 ** 3 },
  );
  const result = JSON.parse(stdout) as OverloadResult;
  for (const { email, id } of result.accepted)
    load.requests.push({ email, id, status: 202, body: '', sentAt: Date.now() });
  return result;
}

/** The api's limit is 20 s; it is checked every second. */
const CUT_OFF_WITHIN_SECONDS = 40;

export const slowBodies: Fault = {
  name: 'slow-bodies',
  description: 'opens 200 connections that send one byte of an order every 5 s, and 100 that send nothing',
  async inject(injector, experiment) {
    const { apps, load, products } = injector;
    const head =
      `POST /v1/orders HTTP/1.1\r\nhost: shop.example\r\nauthorization: Bearer ${apiKeyOf('clerk')}\r\n` +
      'content-type: application/json\r\ncontent-length: 1000\r\n\r\n';
    const open = (count: number) =>
      Promise.all(Array.from({ length: count }, () => RawConnection.open(apps.url('api'))));
    const slow = await open(200);
    const silent = await open(100);
    const from = Date.now();
    for (const connection of slow) connection.write(head);
    const dripping = setInterval(() => {
      for (const connection of slow) if (!connection.isClosed) connection.write(' ');
    }, 5_000);
    const item = { product_id: products.plentiful[0]!, quantity: 1 };
    let slowestMs = 0;
    const allClosed = () => [...slow, ...silent].every(({ isClosed }) => isClosed);
    await experiment.expectInTime(
      'slow and silent connections are closed',
      until(
        'the connections to be closed',
        async () => {
          const sentAt = performance.now();
          const { id } = await load.placeOrder([item]);
          slowestMs = Math.max(slowestMs, performance.now() - sentAt);
          experiment.expect(id !== undefined, 'orders are accepted meanwhile');
          return allClosed();
        },
        { seconds: CUT_OFF_WITHIN_SECONDS },
      ),
    );
    clearInterval(dripping);
    const statuses = new Set([...slow, ...silent].map(({ answers }) => answers[0]?.status));
    experiment.note(
      `closed after ${((Date.now() - from) / 1_000).toFixed(0)} s with ${[...statuses].join(', ')}; ` +
        `slowest order meanwhile ${slowestMs.toFixed(0)} ms`,
    );
    experiment.expect(slowestMs < 5_000, `orders are answered within 5 s (${slowestMs} ms)`);
    experiment.expect(statuses.size === 1 && statuses.has(408), 'slow clients are answered with 408');
    for (const connection of [...slow, ...silent]) connection.close();
  },
};
