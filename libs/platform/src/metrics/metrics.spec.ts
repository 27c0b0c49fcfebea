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
});
