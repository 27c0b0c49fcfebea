import { readFileSync } from 'node:fs';
import {
  findSections,
  listPages,
  replaceSections,
  SECTION_NAMES,
  staleSections,
} from '../../tools/documents/generated-sections.js';

const pages = listPages(process.cwd()).map((page) => [page, readFileSync(page, 'utf8')] as const);

describe('Generated sections', () => {
  it.each(pages)('of %s are up to date', (page, text) => {
    expect(staleSections(page, text)).toEqual([]);
  });

  it('are all used', () => {
    const used = pages.flatMap(([page, text]) => findSections(page, text).map(({ name }) => name));
    expect(SECTION_NAMES.filter((name) => !used.includes(name))).toEqual([]);
  });
});

describe('staleSections', () => {
  const page = ['# Title', '<!-- generated:events -->', '<!-- /generated:events -->', 'text', ''].join('\n');

  it('returns a section that differs from the generated text', () => {
    expect(staleSections('README.md', page)).toEqual(['README.md section events is stale: run npm run docs']);
    const current = replaceSections('README.md', page);
    expect(staleSections('README.md', current)).toEqual([]);
    expect(staleSections('README.md', current.replace('order.created', 'order.made'))).toHaveLength(1);
  });

  it('expects links relative to the page', () => {
    expect(replaceSections('README.md', page)).toContain('(libs/domain/src/events/order.created.ts)');
    expect(replaceSections('docs/page.md', page)).toContain('(../libs/domain/src/events/order.created.ts)');
  });

  it('ignores the text around the sections', () => {
    const current = replaceSections('README.md', page);
    expect(current.startsWith('# Title\n<!-- generated:events -->\n\n| routing key')).toBe(true);
    expect(current.endsWith('\n\n<!-- /generated:events -->\ntext\n')).toBe(true);
  });
});

describe('findSections', () => {
  it.each([
    ['an unknown section', ['<!-- generated:weather -->', '<!-- /generated:weather -->'], 'is unknown'],
    ['a malformed marker', ['<!--generated:events-->'], 'is malformed'],
    ['an indented marker', ['  <!-- generated:events -->'], 'is malformed'],
    ['an unclosed section', ['<!-- generated:events -->', 'text'], 'is not closed'],
    ['a section that is not open', ['<!-- /generated:events -->'], 'closes a section that is not open'],
    [
      'a nested section',
      ['<!-- generated:events -->', '<!-- generated:flow -->'],
      'begins inside the section events',
    ],
    [
      'a section closed by another name',
      ['<!-- generated:events -->', '<!-- /generated:flow -->'],
      'closes a section that is not open',
    ],
  ])('refuses %s', (_problem, lines, message) => {
    expect(() => findSections('README.md', lines.join('\n'))).toThrow(message);
  });
});
