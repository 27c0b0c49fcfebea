import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { Flow, formatLogLine } from './flow.js';

const record = (fields: object) =>
  JSON.stringify({
    level: 30,
    time: new Date(2026, 0, 2, 3, 4, 5, 6).getTime(),
    app: 'stock-worker',
    ...fields,
  });
const format = (fields: object) => {
  const line = formatLogLine(record(fields));
  return line && stripVTControlCharacters(line.text).replaceAll(/ {2,}/g, ' | ');
};

describe('formatLogLine', () => {
  it.each([
    ['a new order', { msg: 'published', event: 'order.created', order_id: 7 }, 'accepted', 'published'],
    [
      'a handled event',
      { msg: 'handled', event: 'stock.reserve', order_id: 7, outcome: 'processed', duration_ms: 22.7 },
      'processed',
      'handled in 23 ms',
    ],
    [
      'a duplicate',
      { msg: 'handled', event: 'stock.reserve', order_id: 7, outcome: 'duplicate', duration_ms: 0.2 },
      'duplicate',
      'handled in 1 ms (no change)',
    ],
    [
      'a retry',
      {
        level: 40,
        msg: 'retried',
        event: 'stock.reserve',
        order_id: 7,
        attempt: 2,
        reason: 'not\nreachable',
      },
      'retried',
      'not reachable, attempt 2',
    ],
  ])('formats %s', (_, fields, step, detail) => {
    expect(format(fields)).toMatch(/^03:04:05\.006 \| order 7 \| /);
    expect(format(fields)).toContain(`| ${step} | stock-worker |`);
    expect(format(fields)).toContain(detail);
  });

  it('formats warnings and errors that concern no order', () => {
    const fields = { level: 50, msg: 'the broker is unavailable', err: { message: 'ECONNREFUSED' } };
    expect(format(fields)).toContain('| error | stock-worker | the broker is unavailable: ECONNREFUSED');
  });

  it.each([
    ['events that follow from others', { msg: 'published', event: 'stock.updated', order_id: 7 }],
    ['ignored events', { msg: 'handled', event: 'stock.updated', outcome: 'ignored', order_id: 7 }],
    ['informational records', { msg: 'listening' }],
  ])('omits %s', (_, fields) => {
    expect(format(fields)).toBeUndefined();
  });

  it('omits lines that are no log records', () => {
    for (const line of ['', 'Error: a crash', 'null', '3', '{"half":'])
      expect(formatLogLine(line)).toBeUndefined();
  });
});

describe('Flow', () => {
  it('prints the complete lines of all files in the order of their times, and a repeated line once', () => {
    const folder = mkdtempSync(join(tmpdir(), 'flow-'));
    try {
      const [first, second] = [join(folder, 'first.log'), join(folder, 'second.log')];
      writeFileSync(first, `${record({ level: 50, msg: 'yesterday' })}\n`);
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
