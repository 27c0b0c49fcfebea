export interface Line {
  name: string;
  points: { x: number; y: number }[];
}

export interface Plot {
  title: string;
  xLabel: string;
  yLabel: string;
  lines: Line[];
}

const [WIDTH, HEIGHT] = [640, 400];
const BOX = { left: 70, right: 620, top: 40, bottom: 340 };
const COLOURS = ['#1f6f8b', '#c8553d', '#6a8d3a', '#7a5c99'];

/** Rounds up to 1, 2 or 5 times a power of ten. */
export function roundUp(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value * 0.999_999)!;
}

/** Draws lines as SVG. The x axis is categorical: adjacent values of x have the same distance, whatever their difference. */
export function drawPlot({ title, xLabel, yLabel, lines }: Plot): string {
  const points = lines.flatMap((line) => line.points);
  const xs = [...new Set(points.map(({ x }) => x))].sort((a, b) => a - b);
  const top = roundUp(Math.max(1, ...points.map(({ y }) => y)));
  const xOf = (x: number) =>
    BOX.left + ((xs.indexOf(x) + 0.5) / Math.max(1, xs.length)) * (BOX.right - BOX.left);
  const yOf = (y: number) => BOX.bottom - (y / top) * (BOX.bottom - BOX.top);
  const text = (x: number, y: number, content: string, attributes = '') =>
    `<text x="${round(x)}" y="${round(y)}" ${attributes}>${escapeXml(content)}</text>`;
  const parts = [
    text(WIDTH / 2, 22, title, 'text-anchor="middle" font-weight="bold"'),
    text(WIDTH / 2, BOX.bottom + 40, xLabel, 'text-anchor="middle"'),
    text(
      0,
      0,
      yLabel,
      `text-anchor="middle" transform="translate(16 ${(BOX.top + BOX.bottom) / 2}) rotate(-90)"`,
    ),
  ];
  for (let step = 0; step <= 5; step++) {
    const y = (top * step) / 5;
    parts.push(
      `<line x1="${BOX.left}" x2="${BOX.right}" y1="${round(yOf(y))}" y2="${round(yOf(y))}" stroke="#ddd"/>`,
      text(BOX.left - 6, yOf(y) + 4, y.toLocaleString('en-US'), 'text-anchor="end"'),
    );
  }
  for (const x of xs)
    parts.push(text(xOf(x), BOX.bottom + 18, x.toLocaleString('en-US'), 'text-anchor="middle"'));
  for (const [index, { name, points }] of lines.entries()) {
    const colour = COLOURS[index % COLOURS.length]!;
    const corners = points
      .toSorted((a, b) => a.x - b.x)
      .map(({ x, y }) => [round(xOf(x)), round(yOf(y))] as const);
    parts.push(
      `<polyline points="${corners.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>`,
      ...corners.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="3.5" fill="${colour}"/>`),
      text(BOX.left + index * 110, HEIGHT - 6, `● ${name}`, `fill="${colour}"`),
    );
  }
  const style = 'font-family="sans-serif" font-size="12" fill="#333"';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" ${style}>
<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>
${parts.join('\n')}
</svg>
`;
}

const round = (value: number) => Math.round(value * 10) / 10;
const escapeXml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
