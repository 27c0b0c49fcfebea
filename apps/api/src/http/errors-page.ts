import type { ErrorCode } from './error-codes/error-code.js';
import { ERROR_CODES } from './error-codes/error-codes.js';
import { FIELD_CODES } from './error-codes/field-codes.js';

/** The page about error codes as HTML, served at /docs/errors. Each code is an anchor: the `type` of its problem. */
export function errorsHtml(): string {
  const groups = Object.entries(ERROR_CODES).map(
    ([title, codes]) => `<h2>${toHtml(title)}</h2>\n${codes.map(chapter).join('\n')}`,
  );
  const fields = Object.entries(FIELD_CODES).map(
    ([code, meaning]) => `<tr><td><code>${code}</code></td><td>${toHtml(meaning)}</td></tr>`,
  );
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Errors</title></head>
<body style="max-width: 50em; margin: 2em auto; padding: 0 1em; font: 16px/1.5 sans-serif">
<h1>Errors</h1>
${groups.join('\n')}
<h2>Codes in <code>errors</code></h2>
<table>${fields.join('\n')}</table>
</body>
</html>
`;
}

const chapter = ({ code, status, meaning, action, repeat }: ErrorCode) =>
  `<h3 id="${code}"><code>${code}</code>${status === null ? '' : ` (${status})`}</h3>
<p>${toHtml(meaning)}</p>
<ul><li>What to do: ${toHtml(action)}</li><li>Repeating: ${toHtml(repeat)}</li></ul>`;

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export const escapeHtml = (text: string) => text.replace(/[&<>"]/g, (character) => ENTITIES[character]!);

/** Converts a text, in which backticks mark code, to HTML. */
export const toHtml = (text: string) => escapeHtml(text).replace(/`([^`]+)`/g, '<code>$1</code>');
