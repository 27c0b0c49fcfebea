const MAX_FRAMES = 10;
const MAX_CHARACTERS = 2_000;
/** The folders before those of the project. */
const PROJECT = /(?<=[ (])(?:file:\/\/)?\/[^\s()]*?\/(?=(?:apps|dist|libs|node_modules|test)\/)/;
/** The folders of any other file. */
const OUTSIDE = /(?<=[ (])(?:file:\/\/)?\/[^\s()]*\//;

/**
 * Returns where an error was thrown: at most ten lines, with paths from the folder of the project. The message is not
 * included, because it can quote what a client has sent.
 *
 * @returns undefined if the error has no stack
 */
export function stackOf(error: unknown): string | undefined {
  const stack = error instanceof Error ? error.stack : undefined;
  const frames = (stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, MAX_FRAMES)
    .map((line) => line.trim().replace(PROJECT, '').replace(OUTSIDE, ''));
  return frames.join('\n').slice(0, MAX_CHARACTERS) || undefined;
}
