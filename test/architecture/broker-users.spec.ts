import { readFileSync } from 'node:fs';
import { brokerPermissions, brokerUserDocuments } from '../../tools/documents/broker-users.js';
import { wire } from '../../tools/documents/events.js';

const { events, topology } = wire();

describe('The users of the broker', () => {
  it.each(Object.entries(brokerUserDocuments(topology)))('are up to date in %s', (file, text) => {
    const isStale = readFileSync(file, 'utf8') !== text;
    expect(isStale && `${file} is stale: run npm run docs`).toBe(false);
  });

  it('may publish events only if their contracts name the app', () => {
    const publishers = events.flatMap(({ publishedBy, republishedBy }) => [...publishedBy, ...republishedBy]);
    const writers = Object.entries(brokerPermissions(topology))
      .filter(([, { write }]) => new RegExp(write).test('stock_events'))
      .map(([app]) => app);
    expect(writers.toSorted()).toEqual([...new Set(publishers)].toSorted());
  });
});
