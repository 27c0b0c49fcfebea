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

// An error on a closed terminal or pipe must not keep the launcher from stopping its processes.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

export function print(line = ''): void {
  process.stdout.write(`${line}\n`);
}

export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stripVTControlCharacters(text).length));
}

/** @returns a function that prints a line with the seconds since now: lines with ✔ in green, with ✘ in red */
export function createProgressPrinter(): (text: string) => void {
  const from = Date.now();
  return (text) => {
    const seconds = ((Date.now() - from) / 1_000).toFixed(0);
    const colour = /^\s*✘/.test(text) ? red : text.startsWith('✔') ? green : (plain: string) => plain;
    print(`${dim(seconds.padStart(5))} ${colour(text)}`);
  };
}

/** Prints a line when a step takes long, and a line when it is done. */
export class Progress {
  private readonly from = Date.now();
  private readonly since = new Map<string, number>();

  working(step: string, text: string): void {
    if (!this.since.has(step)) this.since.set(step, Date.now());
    print(`${yellow('·')} ${pad(step, 13)} ${dim(text)}`);
  }

  done(step: string, text = ''): void {
    const seconds = ((Date.now() - (this.since.get(step) ?? this.from)) / 1000).toFixed(1);
    print(`${green('✔')} ${pad(step, 13)} ${text} ${dim(`(${seconds} s)`)}`);
  }

  begin(step: string): void {
    this.since.set(step, Date.now());
  }
}
