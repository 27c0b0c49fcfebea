/** Maximum number of prepared statements. Enough for the statements of the order flow. Further ones, such as combinations of filters, are not prepared. */
const MAX_STATEMENT_NAMES = 200;
const names = new Map<string, string>();

/** @returns the name of the prepared statement for this SQL text; undefined if it must not be prepared */
export function nameOf(text: string): string | undefined {
  if (!names.has(text) && names.size < MAX_STATEMENT_NAMES) names.set(text, `s${names.size}`);
  return names.get(text);
}
