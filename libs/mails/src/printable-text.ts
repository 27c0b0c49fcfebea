// The client that places an order chooses the name, the reference and the recipient. What a mail shows of them must be of
// little use for a message to a third person: few words, no web or mail address, and in names no telephone number.

const MAX_LENGTH = 40;

/** Letters of any language, in at most five words. A period only ends a word or an initial, as in `J. R. R.` */
const NAME = /^\p{L}[\p{L}\p{M}'’-]*\.?( \p{L}[\p{L}\p{M}'’-]*\.?){0,4}$/u;

/** Letters, digits and separators without periods, in at most two words, with at least one digit. */
const REFERENCE = /^(?=.*\p{Nd})[\p{L}\p{M}\p{Nd}#/_-]+( [\p{L}\p{M}\p{Nd}#/_-]+)?$/u;

/** @returns the name of a customer if it looks like the name of a person, otherwise undefined */
export const printableName = (name: string) => printable(name, NAME);

/** @returns the reference of an order if it looks like a number or code, otherwise undefined */
export const printableReference = (reference: string) => printable(reference, REFERENCE);

function printable(text: string, pattern: RegExp): string | undefined {
  const trimmed = text.trim();
  return trimmed.length <= MAX_LENGTH && pattern.test(trimmed) ? trimmed : undefined;
}
