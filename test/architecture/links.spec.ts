import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { listPages } from '../../tools/documents/generated-sections.js';

/** Targets of the links to files, without anchors and web addresses. */
const linksOf = (page: string) =>
  [...readFileSync(page, 'utf8').matchAll(/\]\((?!\w+:|#)([^)#\s]+)/g)].map(([, target]) => target!);

describe('README.md', () => {
  it('links every consumer', () => {
    const consumers = readdirSync('apps', { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.consumer.ts'))
      .map((file) => `apps/${file}`);
    expect(linksOf('README.md')).toEqual(expect.arrayContaining(consumers));
    expect(consumers.length).toBeGreaterThan(0);
  });
});

describe('docs/adr/README.md', () => {
  it('lists each decision record once, in the sequence of their numbers', () => {
    const isRecord = (file: string) => /^\d{4}-/.test(file);
    const records = readdirSync('docs/adr').filter(isRecord).sort();
    expect(linksOf('docs/adr/README.md').filter(isRecord)).toEqual(records);
  });
});

describe('Links to files', () => {
  const folders = readdirSync('.', { recursive: false, withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  const readmes = folders.map(({ name }) => `${name}/README.md`).filter((file) => existsSync(file));
  const otherPages = ['SECURITY.md', 'deploy/kubernetes/README.md', 'test/faults/README.md'];
  const pages = [...listPages(process.cwd()), ...readmes, ...otherPages];

  it.each(pages)('of %s have a target that exists', (page) => {
    const links = linksOf(page);
    expect(links.filter((target) => !existsSync(join(dirname(page), target)))).toEqual([]);
    if (page === 'README.md') expect(links.length).toBeGreaterThan(10);
  });
});
