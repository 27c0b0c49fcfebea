import { HandlingStatistics } from './handling-statistics.js';

describe('HandlingStatistics', () => {
  let time: number;
  let statistics: HandlingStatistics;
  beforeEach(() => {
    time = 0;
    statistics = new HandlingStatistics(() => time);
  });

  it('counts the messages of each event by outcome', () => {
    for (const outcome of ['done', 'done', 'retried'] as const)
      statistics.record('order.created', outcome, 1);
    statistics.record('stock.reserve', 'dead_lettered', 1);
    expect(statistics.byEventName()).toMatchObject({
      'order.created': { done: 2, retried: 1, dead_lettered: 0, requeued: 0 },
      'stock.reserve': { done: 0, retried: 0, dead_lettered: 1, requeued: 0 },
    });
  });

  it('returns the percentiles of the last minute', () => {
    statistics.record('order.created', 'done', 1_000_000);
    time = 60_001;
    for (let duration = 1; duration <= 100; duration++) statistics.record('order.created', 'done', duration);
    expect(statistics.byEventName()).toMatchObject({
      'order.created': { done: 101, p50_ms: 50, p95_ms: 95 },
    });
    time = 120_002;
    expect(statistics.byEventName()).toMatchObject({
      'order.created': { done: 101, p50_ms: null, p95_ms: null },
    });
  });

  it('keeps the latest 500 durations of an event', () => {
    for (let count = 0; count < 600; count++) statistics.record('order.created', 'done', count < 100 ? 9 : 2);
    expect(statistics.byEventName()).toMatchObject({ 'order.created': { p50_ms: 2, p95_ms: 2 } });
  });
});
