/** Bytes as text in lower case, with escapes for those that are not ASCII. */
const searchable = (bytes: string) => `lower(encode(${bytes}, 'escape') COLLATE "C")`;
export const searchableText = (text: string) => searchable(`convert_to(${text}, 'UTF8')`);
/** Everything that a client can choose, and the reasons of operators. */
export const CONTENT = searchable(
  `body || convert_to(concat_ws(' ', queue, event, reason, error, stack, properties, headers, edit_reason,
     (SELECT string_agg(action.reason, ' ') FROM dead_letter_actions AS action WHERE dead_letter_id = dead_letters.id)
   ), 'UTF8')`,
);
/**
 * A condition: the text contains one of the texts in a parameter.
 *
 * @param text is searchable
 * @param texts number of the parameter, with the notations of the texts
 */
export const contains = (text: string, texts: `$${number}`) => `(
  SELECT bool_or(position(pattern IN content) > 0)
  FROM (SELECT ${text} AS content OFFSET 0) AS searched,
       (SELECT ${searchableText('text')} AS pattern FROM unnest(${texts}::text[]) AS text) AS wanted)`;

const NOT_ASCII = /[^\0-\x7f]/g;

const changeCase = (text: string, change: (character: string) => string) =>
  text.replaceAll(NOT_ASCII, (character) =>
    // Not to one that is ASCII, or to several ones: they could be those of another text.
    /^[^\0-\x7f]$/.test(change(character)) ? change(character) : character,
  );

const withEscapes = (text: string) =>
  text.replaceAll(NOT_ASCII, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

/**
 * The texts as a message can contain them: with upper or lower case of the letters that are not ASCII (`searchable` has no
 * case for the others), and with escapes for them, as JSON can have.
 */
export function notationsOf(texts: string[]): string[] {
  const inEachCase = texts.flatMap((text) => [
    text,
    changeCase(text, (character) => character.toLowerCase()),
    changeCase(text, (character) => character.toUpperCase()),
  ]);
  return [...new Set([...inEachCase, ...inEachCase.map(withEscapes)])];
}
