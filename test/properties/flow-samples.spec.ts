import { FLOW_RESOLUTIONS, type FlowSample, type ProcessState } from '@estoque/domain';
import type { OutboxRelay } from '@estoque/messaging';
import { createLogger } from '@estoque/platform';
import { FlowSamplerService } from '../../apps/api/src/operations/flow-sampler.service.js';
import type { FlowService } from '../../apps/api/src/operations/flow.service.js';
import { runConcurrently, TestShop } from '../support/test-shop.js';
import { until } from '../support/until.js';

const logger = createLogger('test', { LOG_LEVEL: 'silent' });
const [fine, coarse] = FLOW_RESOLUTIONS;

describe('The history of the flow', () => {
  let shop: TestShop;
  let samplers: FlowSamplerService[];
  beforeAll(async () => {
    shop = await TestShop.open({ workers: 10 });
    const flow = {
      queueLengths: () => Promise.resolve({ order_queue: { messages: 4, consumers: 1 }, stock_queue: null }),
    } as unknown as FlowService;
    const outbox = {
      measure: () => Promise.resolve({ depth: 2, lag_seconds: 0.5 }),
    } as unknown as OutboxRelay;
    samplers = Array.from(
      { length: 20 },
      () => new FlowSamplerService(shop.unitOfWork, flow, outbox, logger),
    );
  });
  afterAll(() => shop.close());

  const report = (instance: string, processed: number) => {
    const state: ProcessState = { state: 'serving', orders: { processed }, published: {} };
    return shop.unitOfWork.read.processReports.save({
      instance,
      app: 'stock-worker',
      version: '1',
      started_at: new Date(),
      report: state,
    });
  };
  const stored = (resolution: number) =>
    shop.dataSource.query<{ sample: FlowSample }[]>(
      'SELECT sample FROM flow_samples WHERE resolution = $1 ORDER BY at DESC',
      [resolution],
    );
  /** Lets time pass for the stored samples. */
  const age = (seconds: number) =>
    shop.dataSource.query('UPDATE flow_samples SET at = at - make_interval(secs => $1)', [seconds]);

  it('has one sample for each time, however many processes take it', async () => {
    await report('a', 100);
    const isFarFromNextSample = () => Date.now() % (fine.seconds * 1_000) < 5_000;
    await until('enough time before the next sample is due', isFarFromNextSample);
    await runConcurrently(20, (index) => samplers[index]!.sample());
    for (const { seconds } of FLOW_RESOLUTIONS)
      expect(await stored(seconds)).toEqual([
        {
          sample: {
            seconds,
            orders: {},
            published: {},
            settled: {},
            returned: {},
            latency: {},
            queues: { order_queue: 4, stock_queue: 0 },
            outbox: { depth: 2, lag_seconds: 0.5 },
          },
        },
      ]);
  });

  it('counts each order once: those since the last sample, whichever process took it', async () => {
    await age(fine.seconds);
    await report('a', 103);
    await report('b', 5);
    await runConcurrently(20, (index) => samplers[index]!.sample());
    const [latest] = await stored(fine.seconds);
    expect(latest!.sample.orders).toEqual({ processed: 8 });
    expect(latest!.sample.seconds % fine.seconds).toBe(0);

    await age(10 * fine.seconds);
    await samplers[0]!.sample();
    const [next] = await stored(fine.seconds);
    expect(next!.sample.seconds).toBeGreaterThanOrEqual(10 * fine.seconds);
    expect(next!.sample.orders).toEqual({});
  });

  it('forgets old samples, and what was counted during a long pause', async () => {
    await age(fine.keptSeconds + 60);
    await report('a', 1_000_000);
    await samplers[0]!.sample();
    const samples = await stored(fine.seconds);
    expect(samples).toHaveLength(1);
    expect(samples[0]!.sample).toMatchObject({ seconds: 10, orders: {} });
    expect((await stored(coarse.seconds)).length).toBeGreaterThan(1);
  });
});
