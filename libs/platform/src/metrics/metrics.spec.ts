import { Metrics } from './metrics.js';

describe('Metrics', () => {
  it.each([undefined, 'state'])(
    'omits a gauge that cannot be read from the scrape (label: %s)',
    async (label) => {
      const metrics = new Metrics();
      metrics.gauge(
        'unreadable',
        'A gauge that fails',
        () => Promise.reject(new Error('no database')),
        label,
      );
      metrics.gauge('readable', 'A gauge that works', () => 7);
      const lines = (await metrics.registry.metrics()).split('\n');
      expect(lines).toContain('readable 7');
      expect(lines.filter((line) => line.startsWith('unreadable'))).toEqual([]);
    },
  );

  it('returns the totals of a counter by label, also those that are 0', async () => {
    const metrics = new Metrics();
    metrics
      .counter('sold', 'Sold units', { product: ['a', 'b'] })
      .labels('a')
      .inc(3);
    expect(await metrics.totals('sold')).toEqual({ a: 3, b: 0 });
    expect(await metrics.totals('unknown')).toEqual({});
  });
});
