import { catalogue } from '@estoque/domain';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ORDER_TRANSITIONS } from '../../libs/domain/src/order/order-state-machine.js';

const readme = readFileSync('README.md', 'utf8');
const filesIn = (folder: string, ending: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .map((file) => `${folder}/${file}`);
const chapter = (title: string) => readme.split(/^## /m).find((text) => text.startsWith(title))!;
const rowsOf = (text: string) =>
  [...text.matchAll(/^\|(.+)\|$/gm)].map(([, cells]) => cells!.split('|').map((cell) => cell.trim()));
const quoted = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, word]) => word!);

describe('README.md', () => {
  it('has every event in its table, with who publishes and who consumes it', () => {
    const rows = rowsOf(chapter('The events')).slice(2);
    const said = rows.map(([key, publishers, , queues]) => ({
      name: quoted(key!)[0],
      publishedBy: publishers!.split(', ').toSorted(),
      consumedBy: quoted(queues!).toSorted(),
    }));
    expect(said).toEqual(
      Object.values(catalogue).map(({ name, publishedBy, consumedBy }) => ({
        name,
        publishedBy: publishedBy.toSorted(),
        consumedBy: consumedBy.toSorted(),
      })),
    );
  });

  it('draws every event', () => {
    const drawing = /^```\n([^]+?)^```/m.exec(chapter('How one order travels'))![1]!;
    const drawn = [...drawing.matchAll(/\b(?:order|stock)\.[a-z]+/g)].map(([name]) => name);
    expect(new Set(drawn)).toEqual(new Set(Object.keys(catalogue)));
  });

  it('follows an order through every consumer, by transitions that there are', () => {
    const flow = rowsOf(chapter('How one order travels'));
    const links = flow.flatMap(([, where]) => [...where!.matchAll(/\]\(([^)]+)\)/g)].map(([, file]) => file));
    expect(links).toEqual(expect.arrayContaining(filesIn('apps', '.consumer.ts')));
    const transitions = flow.flatMap((cells) => quoted(cells.at(-1)!).filter((word) => word.includes('->')));
    const known = Object.values(ORDER_TRANSITIONS).flatMap(({ from, to }) =>
      from.map((each) => `${each} -> ${to}`),
    );
    expect(transitions.toSorted()).toEqual(known.toSorted());
    const events = flow.flatMap((cells) => quoted(cells.at(-1)!).filter((word) => /^\w+\.\w+$/.test(word)));
    expect(events.length).toBeGreaterThan(0);
    for (const event of events) expect(Object.keys(catalogue)).toContain(event);
  });
});

describe('Every link to a file leads somewhere', () => {
  const pages = ['README.md', ...filesIn('docs', '.md')];

  it.each(pages)('in %s', (page) => {
    const links = [...readFileSync(page, 'utf8').matchAll(/\]\((?!\w+:|#)([^)#\s]+)/g)].map(([, to]) => to!);
    expect(links.filter((to) => !existsSync(join(dirname(page), to)))).toEqual([]);
    if (page === 'README.md') expect(links.length).toBeGreaterThan(10);
  });
});
