/** A span of a trace. Times in milliseconds; only their differences are used. */
export interface SpanBar {
  app: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  from: number;
  to: number;
}

const COLOURS: Record<string, string> = {
  api: '#1f6f8b',
  'order-worker': '#c8553d',
  'stock-worker': '#6a8d3a',
  'notify-worker': '#7a5c99',
};
const WIDTH = 960;
const ROW = 24;
const [LEFT, RIGHT, TOP] = [330, WIDTH - 90, 96];
const INDENT = 12;

/** Draws a trace as an SVG waterfall: a row for each span, below its parent, in the colour of its process. */
export function drawWaterfall(title: string, bars: SpanBar[]): string {
  const rows = rowsOf(bars);
  const start = Math.min(...bars.map(({ from }) => from));
  const length = Math.max(...bars.map(({ to }) => to)) - start;
  const xOf = (time: number) => round(LEFT + ((time - start) / length) * (RIGHT - LEFT));
  const height = TOP + rows.length * ROW + 22;
  const bottom = height - 18;
  const parts = [
    `<rect width="${WIDTH}" height="${height}" rx="8" fill="#fff"/>`,
    text(20, 32, title, 'font-size="16" font-weight="600" fill="#222"'),
    ...legend(new Set(rows.map(({ bar }) => bar.app))),
  ];
  const step = gridStep(length);
  for (let time = 0; time <= length; time += step) {
    const x = xOf(start + time);
    parts.push(
      `<line x1="${x}" x2="${x}" y1="${TOP - 8}" y2="${bottom}" stroke="#e4e4e4"/>`,
      text(x, TOP - 14, `${time} ms`, 'font-size="11" fill="#777" text-anchor="middle"'),
    );
  }
  for (const [index, { bar, depth }] of rows.entries()) {
    const [y, from, to] = [TOP + index * ROW, xOf(bar.from), xOf(bar.to)];
    const colour = COLOURS[bar.app] ?? '#555';
    parts.push(
      text(20 + depth * INDENT, y + 16, bar.name, 'font-size="12" fill="#222"'),
      `<rect x="${from}" y="${y + 4}" width="${Math.max(2, round(to - from))}" height="${ROW - 8}" rx="2" fill="${colour}"/>`,
      text(
        Math.max(to, from + 2) + 6,
        y + 16,
        `${(bar.to - bar.from).toFixed(1)} ms`,
        'font-size="11" fill="#777"',
      ),
    );
  }
  const style = 'font-family="system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif"';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" ${style} role="img">
<title>${escapeXml(title)}</title>
${parts.join('\n')}
</svg>
`;
}

/** Sorts spans depth-first: each below its parent, siblings by their start. */
function rowsOf(bars: SpanBar[]): { bar: SpanBar; depth: number }[] {
  const known = new Set(bars.map(({ spanId }) => spanId));
  const descendantsOf = (parent: string | undefined, depth: number): { bar: SpanBar; depth: number }[] =>
    bars
      .filter(({ parentSpanId: id }) => (id !== undefined && known.has(id) ? id : undefined) === parent)
      .sort((a, b) => a.from - b.from)
      .flatMap((bar) => [{ bar, depth }, ...descendantsOf(bar.spanId, depth + 1)]);
  return descendantsOf(undefined, 0);
}

function legend(apps: Set<string>): string[] {
  let x = 20;
  return [...apps].flatMap((app) => {
    const left = x;
    x += 34 + app.length * 7;
    return [
      `<rect x="${left}" y="48" width="12" height="12" rx="2" fill="${COLOURS[app] ?? '#555'}"/>`,
      text(left + 18, 58, app, 'font-size="12" fill="#444"'),
    ];
  });
}

/** @returns the smallest of 1, 2 and 5 times a power of ten that needs at most ten grid lines */
function gridStep(length: number): number {
  const power = 10 ** Math.floor(Math.log10(length / 10));
  return [1, 2, 5, 10].map((times) => times * power).find((step) => length / step <= 10)!;
}

const round = (value: number) => Math.round(value * 10) / 10;
const escapeXml = (content: string) =>
  content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const text = (x: number, y: number, content: string, attributes: string) =>
  `<text x="${round(x)}" y="${y}" ${attributes}>${escapeXml(content)}</text>`;
