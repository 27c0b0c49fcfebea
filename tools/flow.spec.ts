import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { Flow, flowLine } from './flow.js';

const record = (fields: object) =>
  JSON.stringify({
    level: 30,
    time: new Date(2026, 0, 2, 3, 4, 5, 6).getTime(),
    app: 'stock-worker',
    ...fields,
  });
const shown = (fields: object) => {
  const line = flowLine(record(fields));
  return line && stripVTControlCharacters(line.text).replaceAll(/ {2,}/g, ' | ');
};

describe('The flow', () => {
  it.each([
    [
      'an order that is placed',
      { msg: 'published', event: 'order.created', order_id: 7 },
      'accepted',
      'published',
    ],
    [
      'a step',
      { msg: 'handled', event: 'stock.reserve', order_id: 7, outcome: 'processed', duration_ms: 22.7 },
      'processed',
      'handled in 23 ms',
    ],
    [
      'a step that was done before',
      { msg: 'handled', event: 'stock.reserve', order_id: 7, outcome: 'duplicate', duration_ms: 0.2 },
      'duplicate',
      'handled in 1 ms (was done before)',
    ],
    [
      'a failure',
      { level: 40, msg: 'retried', event: 'stock.reserve', order_id: 7, attempt: 2, reason: 'no\nluck' },
      'retried',
      'no luck, attempt 2',
    ],
  ])('shows %s', (_, fields, word, detail) => {
    expect(shown(fields)).toMatch(/^03:04:05\.006 \| order 7 \| /);
    expect(shown(fields)).toContain(`| ${word} | stock-worker |`);
    expect(shown(fields)).toContain(detail);
  });

  it('shows warnings and errors of no order', () => {
    const fields = { level: 50, msg: 'the broker is away', err: { message: 'ECONNREFUSED' } };
    expect(shown(fields)).toContain('| error | stock-worker | the broker is away: ECONNREFUSED');
  });

  it.each([
    ['what is published on the way', { msg: 'published', event: 'stock.updated', order_id: 7 }],
    ['what was of no concern', { msg: 'handled', event: 'stock.updated', outcome: 'ignored', order_id: 7 }],
    ['what is merely information', { msg: 'listening' }],
  ])('leaves out %s', (_, fields) => {
    expect(shown(fields)).toBeUndefined();
  });

  it('leaves out what is no record', () => {
    for (const line of ['', 'Error: a crash', 'null', '3', '{"half":'])
      expect(flowLine(line)).toBeUndefined();
  });

  it('shows the whole lines of all files in the order of their times, an echo once', () => {
    const folder = mkdtempSync(join(tmpdir(), 'flow-'));
    try {
      const [first, second] = [join(folder, 'first.log'), join(folder, 'second.log')];
      writeFileSync(first, `${record({ level: 50, msg: 'of yesterday' })}\n`);
      const lines: string[] = [];
      const flow = new Flow([first, second], (text) => lines.push(text));
      const later = record({ level: 50, msg: 'later', time: 2_000 });
      appendFileSync(first, `${later}\n${record({ level: 50, msg: 'later', time: 2_100 })}\n`);
      writeFileSync(second, `${record({ level: 50, msg: 'sooner', time: 1_000 })}\n${later.slice(0, 20)}`);
      flow.stop();
      expect(lines.map((line) => /sooner|later|yesterday/.exec(line)?.[0])).toEqual(['sooner', 'later']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
