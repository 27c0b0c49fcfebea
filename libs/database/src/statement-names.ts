/** The statements of the order flow are few. Other statements, such as combinations of filters, are not prepared. */
const MAX_STATEMENT_NAMES = 200;
const names = new Map<string, string>();

/** @returns the name of a prepared statement for this SQL text, the same for as long as the process lives */
export function nameOf(text: string): string | undefined {
  if (!names.has(text) && names.size < MAX_STATEMENT_NAMES) names.set(text, `s${names.size}`);
  return names.get(text);
}
