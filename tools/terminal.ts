import { stripVTControlCharacters } from 'node:util';

const coloured = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (code: number) => (text: string) => (coloured ? `\u001b[${code}m${text}\u001b[0m` : text);

export const bold = paint(1);
export const dim = paint(2);
export const red = paint(31);
export const green = paint(32);
export const yellow = paint(33);
export const blue = paint(34);
export const magenta = paint(35);
export const cyan = paint(36);

// A closed terminal or pipe must not keep us from stopping what we started.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

export function print(line = ''): void {
  process.stdout.write(`${line}\n`);
}

export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stripVTControlCharacters(text).length));
}

/** For a long run: prints lines with the seconds since now, what went well and what didn't in its colour. */
export function sayWithSeconds(): (text: string) => void {
  const from = Date.now();
  return (text) => {
    const seconds = ((Date.now() - from) / 1_000).toFixed(0);
    const colour = /^\s*✘/.test(text) ? red : text.startsWith('✔') ? green : (plain: string) => plain;
    print(`${dim(seconds.padStart(5))} ${colour(text)}`);
  };
}

/** One line when something takes its time, one when it is done. */
export class Progress {
  private readonly from = Date.now();
  private readonly since = new Map<string, number>();

  working(what: string, text: string): void {
    if (!this.since.has(what)) this.since.set(what, Date.now());
    print(`${yellow('·')} ${pad(what, 13)} ${dim(text)}`);
  }

  done(what: string, text = ''): void {
    const seconds = ((Date.now() - (this.since.get(what) ?? this.from)) / 1000).toFixed(1);
    print(`${green('✔')} ${pad(what, 13)} ${text} ${dim(`(${seconds} s)`)}`);
  }

  begin(what: string): void {
    this.since.set(what, Date.now());
  }
}
