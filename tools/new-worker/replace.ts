/** String.replace that throws if the text has no match. */
export function replace(
  text: string,
  pattern: RegExp,
  replacement: string | ((match: string, ...groups: string[]) => string),
): string {
  const result = text.replace(pattern, replacement as string);
  if (result === text) throw new Error(`it has no text that matches ${String(pattern)}`);
  return result;
}
