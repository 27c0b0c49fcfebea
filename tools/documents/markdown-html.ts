import { escapeHtml, toHtml } from '../../apps/api/src/http/errors-page.js';
import { htmlTable } from './html-page.js';

/** A fence, heading, table, list item or paragraph. It begins with a line, and takes as many of the next ones as belong to it. */
interface Block {
  begins: RegExp;
  /** @returns number of lines that it takes, and its HTML */
  read: (lines: string[], match: RegExpExecArray) => { length: number; html: string };
}

const FENCE = /^```/;
const TABLE = /^\|/;
const HEADING = /^(#{1,4}) (.+)$/;
const ITEM = /^(-|\d+\.) +/;

const lengthWhile = (lines: string[], belongs: (line: string, index: number) => boolean) => {
  const end = lines.findIndex((line, index) => !belongs(line, index));
  return end === -1 ? lines.length : end;
};

const BLOCKS: Block[] = [
  {
    begins: FENCE,
    read(lines) {
      const length = lengthWhile(lines, (line, index) => index === 0 || !FENCE.test(line));
      return {
        length: length + 1,
        html: `<pre><code>${escapeHtml(lines.slice(1, length).join('\n'))}</code></pre>`,
      };
    },
  },
  {
    begins: HEADING,
    read(_lines, [, marks, title]) {
      const level = marks!.length;
      return { length: 1, html: `<h${level} id="${anchorOf(title!)}">${inline(title!)}</h${level}>` };
    },
  },
  {
    begins: TABLE,
    read(lines) {
      const length = lengthWhile(lines, (line) => TABLE.test(line));
      const [head, , ...rows] = lines.slice(0, length).map((line) => cellsOf(line).map(inline));
      return { length, html: htmlTable(head!, rows) };
    },
  },
  {
    begins: ITEM,
    read(lines, [marker]) {
      const indent = marker.length;
      const isInside = (line: string) => line.trim() === '' || line.startsWith(' '.repeat(indent));
      const length = lengthWhile(lines, (line, index) => index === 0 || isInside(line));
      const content = lines.slice(0, length).map((line) => line.slice(indent));
      const item = `<li>${markdownToHtml(content)}</li>`;
      const number = Number.parseInt(marker, 10);
      return { length, html: number ? `<ol start="${number}">${item}</ol>` : `<ul>${item}</ul>` };
    },
  },
  {
    begins: /./,
    read(lines) {
      const isPart = (line: string, index: number) =>
        line.trim() !== '' &&
        (index === 0 || ![FENCE, HEADING, TABLE, ITEM].some((other) => other.test(line)));
      const length = lengthWhile(lines, isPart);
      return { length, html: `<p>${inline(lines.slice(0, length).join(' '))}</p>` };
    },
  },
];

/** Converts the Markdown that the documents of this project use. */
export function markdownToHtml(lines: string[]): string {
  const html: string[] = [];
  for (let rest = lines; rest.length > 0;) {
    const [line = ''] = rest;
    const block = line.trim() === '' ? undefined : BLOCKS.find(({ begins }) => begins.test(line));
    const { length, html: part } = block?.read(rest, block.begins.exec(line)!) ?? { length: 1, html: '' };
    if (part) html.push(part);
    rest = rest.slice(length);
  }
  // Items that follow each other are one list.
  return html.join('\n').replaceAll(/<\/ul>\n<ul>|<\/ol>\n<ol start="(?!1")\d+">/g, '\n');
}

/** The anchor that GitHub gives a heading. */
const anchorOf = (title: string) =>
  title
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

const cellsOf = (line: string) =>
  line
    .replace(/^\||\|\s*$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));

/** Code, links and bold text. A link to another document has no target here, so only its text is kept. */
function inline(text: string): string {
  return text
    .split(/(`[^`]+`|<https?:[^>]+>|\[[^\]]+\]\([^)]+\))/)
    .map((part) => {
      if (part.startsWith('`')) return `<code>${escapeHtml(part.slice(1, -1))}</code>`;
      if (/^<https?:/.test(part)) return link(part.slice(1, -1), escapeHtml(part.slice(1, -1)));
      const [, label, target] = /^\[([^\]]+)\]\(([^)]+)\)$/.exec(part) ?? [];
      if (label !== undefined && target !== undefined)
        return /^(#|https?:)/.test(target) ? link(target, toHtml(label)) : toHtml(label);
      return escapeHtml(part);
    })
    .join('')
    .replaceAll(/\*\*(.+?)\*\*/g, '<strong>$1</strong>');
}

const link = (target: string, label: string) => `<a href="${escapeHtml(target)}">${label}</a>`;
