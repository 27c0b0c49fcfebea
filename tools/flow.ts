import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { blue, cyan, dim, green, magenta, pad, red, yellow } from './terminal.js';

/** The fields of the apps' log records that are used here. A log has one JSON object per line. */
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

/** Formats a line of a log: a step of an order, a warning or an error. @returns undefined for any other line */
export function formatLogLine(line: string): FlowLine | undefined {
  let record: LogRecord;
  try {
    record = JSON.parse(line) as LogRecord;
  } catch {
    // The output of a crash is not JSON. The launcher reports the crash, and the output stays in the log file.
    return undefined;
  }
  if (typeof record?.time !== 'number') return undefined;
  const text = formatStep(record) ?? (record.level >= WARN ? formatProblem(record) : undefined);
  return text === undefined ? undefined : { time: record.time, text: `${dim(clock(record.time))}  ${text}` };
}

function formatStep(record: LogRecord): string | undefined {
  const { order_id, app } = record;
  const step = stepOf(record);
  if (!step) return undefined;
  const order = order_id === undefined ? '' : `order ${order_id}`;
  const colour = COLOURS[step] ?? ((text: string) => text);
  return `${pad(order, 10)}  ${pad(colour(step), 13)}  ${pad(app, 14)} ${dim(detailOf(record))}`;
}

function stepOf({ msg, event, kind, order_id, outcome }: LogRecord): string | undefined {
  if (msg === 'retried' || msg === 'dead-lettered') return msg;
  if (msg === 'mail sent') return kind === 'low_stock' ? 'low stock' : 'mailed';
  if (msg === 'published') {
    if (event === 'order.created') return 'accepted';
    return event === 'order.cancelled' ? 'cancelled' : undefined;
  }
  if (msg !== 'handled' || !outcome || outcome === 'ignored' || outcome === 'recorded') return undefined;
  return order_id === undefined || event === 'stock.updated' ? undefined : outcome;
}

function detailOf({
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
  const attemptText = attempt > 1 ? `, attempt ${attempt}` : '';
  if (msg !== 'handled')
    return `${event}: ${shorten(reason ?? err?.message ?? code ?? 'unknown reason')}${attemptText}`;
  const duplicate = outcome === 'duplicate' ? ' (no change)' : '';
  return `${event} handled in ${Math.max(1, Math.round(duration_ms ?? 0))} ms${attemptText}${duplicate}`;
}

function formatProblem({ level, app, msg, reason, err }: LogRecord): string {
  const cause = reason ?? err?.message;
  const [word, colour] = level >= ERROR ? (['error', red] as const) : (['warning', yellow] as const);
  return `${pad('', 10)}  ${pad(colour(word), 13)}  ${pad(app, 14)} ${shorten(cause ? `${msg}: ${cause}` : msg)}`;
}

/** Shortens a text to one line. The log file contains the whole text. */
function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > 120 ? `${line.slice(0, 119)}…` : line;
}

/** @returns the local time, as 12:34:56.789 */
export function clock(time: number): string {
  const date = new Date(time);
  const pad2 = (part: number): string => String(part).padStart(2, '0');
  const timeOfDay = [date.getHours(), date.getMinutes(), date.getSeconds()].map(pad2).join(':');
  return `${timeOfDay}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

const POLL_INTERVAL_MS = 100;
const REPEAT_AFTER_MS = 5_000;

/** Reads what is appended to log files from now on, and prints their lines, merged in the order of their times. */
export class Flow {
  private readonly files: { path: string; offset: number }[];
  private readonly printedAt = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    paths: string[],
    private readonly print: (text: string) => void,
  ) {
    this.files = paths.map((path) => ({ path, offset: sizeOf(path) }));
  }

  start(): void {
    this.timer = setInterval(() => this.read(), POLL_INTERVAL_MS);
  }

  stop(): void {
    clearInterval(this.timer);
    this.read();
  }

  private read(): void {
    const lines = this.files
      .flatMap((file) => readNewLines(file).map(formatLogLine))
      .filter((line) => line !== undefined);
    lines.sort((a, b) => a.time - b.time);
    for (const { time, text } of lines) if (!this.isRepetition(text, time)) this.print(text);
  }

  /** During an outage an app logs the same text for every waiting message: it is printed only every five seconds. */
  private isRepetition(text: string, time: number): boolean {
    const withoutTime = text.slice(text.indexOf('  '));
    const last = this.printedAt.get(withoutTime);
    if (last !== undefined && time - last < REPEAT_AFTER_MS) return true;
    this.printedAt.set(withoutTime, time);
    if (this.printedAt.size > 1_000) this.printedAt.clear();
    return false;
  }
}

function sizeOf(path: string): number {
  return withFile(path, (file) => fstatSync(file).size) ?? 0;
}

function readNewLines(file: { path: string; offset: number }): string[] {
  const chunk = withFile(file.path, (handle) => {
    const { size } = fstatSync(handle);
    if (size < file.offset) Object.assign(file, { offset: 0 }); // the file was truncated
    const buffer = Buffer.alloc(size - file.offset);
    return buffer.subarray(0, readSync(handle, buffer, 0, buffer.length, file.offset));
  });
  if (!chunk?.length) return [];
  // Read complete lines only, so that no multi-byte character is cut.
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
