import { readFileSync } from 'node:fs';
import { WORKERS } from '../../apps/manifest.js';
import { FAULT_NAMES } from '../faults/faults/catalogue.js';

describe('docs/faults.md', () => {
  const [, section] = /^## The faults\n([^]+?)^### Tested elsewhere/m.exec(
    readFileSync('docs/faults.md', 'utf8'),
  )!;
  // Names are in the first column of a table, or in backticks.
  const cells = [...section!.matchAll(/^\| ([a-z][a-z ,-]*?) +\|/gm)].flatMap(([, cell]) =>
    cell!.split(', '),
  );
  const inTables = new Set(cells.filter((cell) => cell !== 'fault'));
  const inText = new Set(
    [...section!.matchAll(/`([a-z-]+(?:<queue>)?)`/g)].flatMap(([, name]) =>
      WORKERS.map(({ queue }) => name!.replace('<queue>', queue)),
    ),
  );

  it('describes every fault of the catalogue', () => {
    const missing = [...FAULT_NAMES].filter((name) => !inTables.has(name) && !inText.has(name));
    expect(missing).toEqual([]);
    expect(inTables.size).toBeGreaterThan(40);
  });

  it('describes no other faults', () => {
    expect([...inTables].filter((name) => !FAULT_NAMES.has(name))).toEqual([]);
  });
});
