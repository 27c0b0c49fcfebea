import type { ProcessReport } from '../processes/process-report.repository.js';
import { increaseOf, latencyOf, totalsOf } from './flow-sample.js';

const handling = { done: 0, retried: 0, dead_lettered: 0, requeued: 0, p50_ms: null, p95_ms: null };
const worker = (instance: string, events: Record<string, object>, queue = 'order_queue') =>
  ({
    instance,
    report: {
      state: 'consuming',
      consumer: {
        queue,
        in_flight: 0,
        events: Object.fromEntries(
          Object.entries(events).map(([event, fields]) => [event, { ...handling, ...fields }]),
        ),
      },
      orders: { reserved: 5 },
      published: { 'stock.reserve': 5 },
    },
  }) as unknown as ProcessReport;
const api = {
  instance: 'api',
  report: { state: 'serving', orders: {}, published: {} },
} as unknown as ProcessReport;

describe('The counters of the processes', () => {
  it('are summed by queue: settled messages have left it, and some have returned', () => {
    const events = {
      'order.created': { done: 7, retried: 2 },
      'payment.captured': { dead_lettered: 1, requeued: 3 },
    };
    expect(totalsOf([worker('a', events), api])).toEqual({
      a: {
        orders: { reserved: 5 },
        published: { 'stock.reserve': 5 },
        settled: { order_queue: 13 },
        returned: { order_queue: 5 },
      },
      api: { orders: {}, published: {}, settled: {}, returned: {} },
    });
  });

  it('increase by what each process counted since the last sample, and by all of a new process', () => {
    const last = totalsOf([worker('a', { 'order.created': { done: 7 } }), worker('ended', {})]);
    const current = totalsOf([
      worker('a', { 'order.created': { done: 10 } }),
      worker('new', { 'order.created': { done: 4, retried: 1 } }),
    ]);
    expect(increaseOf(current, last)).toEqual({
      orders: { reserved: 5 },
      published: { 'stock.reserve': 5 },
      settled: { order_queue: 8 },
      returned: { order_queue: 1 },
    });
    expect(increaseOf(current, current)).toEqual({ orders: {}, published: {}, settled: {}, returned: {} });
  });
});

describe('The handling time of an event', () => {
  it('is that of the slowest process, and missing if nothing was handled', () => {
    const reports = [
      worker('a', { 'order.created': { p50_ms: 4, p95_ms: 9 }, 'payment.failed': {} }),
      worker('b', { 'order.created': { p50_ms: 2, p95_ms: 30 } }),
      api,
    ];
    expect(latencyOf(reports)).toEqual({ 'order.created': { p50_ms: 2, p95_ms: 30 } });
  });
});
