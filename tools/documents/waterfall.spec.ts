import { drawWaterfall, type SpanBar } from './waterfall.js';

const bars: SpanBar[] = [
  {
    app: 'stock-worker',
    spanId: 'c',
    parentSpanId: 'b',
    name: 'process stock.reserve',
    from: 1_040,
    to: 1_060,
  },
  { app: 'api', spanId: 'a', parentSpanId: 'the caller', name: 'POST /v1/orders', from: 1_000, to: 1_020 },
  { app: 'api', spanId: 'b', parentSpanId: 'a', name: 'publish <order.created>', from: 1_010, to: 1_015 },
];

describe('drawWaterfall', () => {
  const picture = drawWaterfall('One order', bars);
  const rows = [...picture.matchAll(/<text x="(\d+)" y="\d+" font-size="12" fill="#222">([^<]+)</g)];

  it('draws a row for each span, children below their parents and indented', () => {
    expect(rows.map(([, x, name]) => [Number(x), name])).toEqual([
      [20, 'POST /v1/orders'],
      [32, 'publish &lt;order.created&gt;'],
      [44, 'process stock.reserve'],
    ]);
  });

  it('draws bars in proportion to the durations, in the colours of the processes', () => {
    const found = [
      ...picture.matchAll(/<rect x="([\d.]+)" y="\d+" width="([\d.]+)" height="16" rx="2" fill="(.+)"\/>/g),
    ];
    // 540 pixels correspond to 60 ms.
    expect(found.map(([, x, width, colour]) => [Number(x), Number(width), colour])).toEqual([
      [330, 180, '#1f6f8b'],
      [420, 45, '#1f6f8b'],
      [690, 180, '#6a8d3a'],
    ]);
  });
});
