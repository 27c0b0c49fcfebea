import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { blue, cyan, dim, green, magenta, pad, red, yellow } from './terminal.js';

/** What the apps log, as far as we read it: one JSON object a line. */
interface LogRecord {
  level: number;
  time: number;
  app: string;
  msg: string;
  event?: string;
  kind?: string;
  order_id?: number;
  outcome?: string;
  attempt?: number;
  duration_ms?: number;
  code?: string;
  reason?: string;
  err?: { message?: string };
}

export interface FlowLine {
  time: number;
  text: string;
}

const WARN = 40;
const ERROR = 50;

const COLOURS: Record<string, (text: string) => string> = {
  accepted: blue,
  reserved: cyan,
  processed: green,
  mailed: magenta,
  'low stock': yellow,
  rejected: yellow,
  cancelled: yellow,
  duplicate: dim,
  retried: yellow,
  refused: red,
  'dead-lettered': red,
};

/** The line to show for a line of a log: a step of an order, a warning or an error; undefined for all else. */
export function flowLine(line: string): FlowLine | undefined {
  let record: LogRecord;
  try {
    record = JSON.parse(line) as LogRecord;
  } catch {
    // What a crash prints isn't JSON; it stays in the log file, and the death is told anyway.
    return undefined;
  }
  if (typeof record?.time !== 'number') return undefined;
  const text = step(record) ?? (record.level >= WARN ? complaint(record) : undefined);
  return text === undefined ? undefined : { time: record.time, text: `${dim(clock(record.time))}  ${text}` };
}

function step(record: LogRecord): string | undefined {
  const { order_id, app } = record;
  const what = state(record);
  if (!what) return undefined;
  const order = order_id === undefined ? '' : `order ${order_id}`;
  const colour = COLOURS[what] ?? ((text: string) => text);
  return `${pad(order, 10)}  ${pad(colour(what), 13)}  ${pad(app, 14)} ${dim(detail(record))}`;
}

function state({ msg, event, kind, order_id, outcome }: LogRecord): string | undefined {
  if (msg === 'retried' || msg === 'dead-lettered') return msg;
  if (msg === 'mail sent') return kind === 'low_stock' ? 'low stock' : 'mailed';
  if (msg === 'published') {
    if (event === 'order.created') return 'accepted';
    return event === 'order.cancelled' ? 'cancelled' : undefined;
  }
  if (msg !== 'handled' || !outcome || outcome === 'ignored' || outcome === 'recorded') return undefined;
  return order_id === undefined || event === 'stock.updated' ? undefined : outcome;
}

function detail({
  msg,
  event,
  kind,
  outcome,
  attempt = 1,
  duration_ms,
  code,
  reason,
  err,
}: LogRecord): string {
  if (msg === 'mail sent') return `${kind} sent`;
  if (msg === 'published') return `${event} published`;
  const which = attempt > 1 ? `, attempt ${attempt}` : '';
  if (msg !== 'handled')
    return `${event}: ${short(reason ?? err?.message ?? code ?? 'unknown reason')}${which}`;
  const extra = outcome === 'duplicate' ? ' (was done before)' : '';
  return `${event} handled in ${Math.max(1, Math.round(duration_ms ?? 0))} ms${which}${extra}`;
}

function complaint({ level, app, msg, reason, err }: LogRecord): string {
  const cause = reason ?? err?.message;
  const [word, colour] = level >= ERROR ? (['error', red] as const) : (['warning', yellow] as const);
  return `${pad('', 10)}  ${pad(colour(word), 13)}  ${pad(app, 14)} ${short(cause ? `${msg}: ${cause}` : msg)}`;
}

/** The whole story is in the log file. */
function short(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > 120 ? `${line.slice(0, 119)}…` : line;
}

export function clock(time: number): string {
  const date = new Date(time);
  const two = (part: number): string => String(part).padStart(2, '0');
  const hours = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return `${hours}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

const EVERY_MS = 100;
const REPEAT_AFTER_MS = 5_000;

/** Follows log files from where they end now, and shows the lines of all of them in the order of their times. */
export class Flow {
  private readonly files: { path: string; offset: number }[];
  private readonly shown = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    paths: string[],
    private readonly show: (text: string) => void,
  ) {
    this.files = paths.map((path) => ({ path, offset: sizeOf(path) }));
  }

  start(): void {
    this.timer = setInterval(() => this.read(), EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
    this.read();
  }

  private read(): void {
    const lines = this.files
      .flatMap((file) => newLines(file).map(flowLine))
      .filter((line) => line !== undefined);
    lines.sort((a, b) => a.time - b.time);
    for (const { time, text } of lines) if (!this.isEcho(text, time)) this.show(text);
  }

  /** During an outage an app says the same of every message that waits: once in a while is enough. */
  private isEcho(text: string, time: number): boolean {
    const words = text.slice(text.indexOf('  '));
    const last = this.shown.get(words);
    if (last !== undefined && time - last < REPEAT_AFTER_MS) return true;
    this.shown.set(words, time);
    if (this.shown.size > 1_000) this.shown.clear();
    return false;
  }
}

function sizeOf(path: string): number {
  return withFile(path, (file) => fstatSync(file).size) ?? 0;
}

function newLines(file: { path: string; offset: number }): string[] {
  const chunk = withFile(file.path, (handle) => {
    const { size } = fstatSync(handle);
    if (size < file.offset) Object.assign(file, { offset: 0 }); // somebody emptied it
    const buffer = Buffer.alloc(size - file.offset);
    return buffer.subarray(0, readSync(handle, buffer, 0, buffer.length, file.offset));
  });
  if (!chunk?.length) return [];
  // Only whole lines are taken, so that no letter of several bytes is cut.
  const end = chunk.lastIndexOf(10) + 1;
  file.offset += end;
  return chunk.subarray(0, end).toString().split('\n').filter(Boolean);
}

function withFile<T>(path: string, work: (handle: number) => T): T | undefined {
  let handle: number;
  try {
    handle = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    return work(handle);
  } finally {
    closeSync(handle);
  }
}
