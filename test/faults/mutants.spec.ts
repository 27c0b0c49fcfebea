import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { MUTANTS, copyAsMutant } from './mutants.js';

/** Whether the fault injector detects the mutants takes minutes to check: `npm run faults -- --mutants`. */
describe('A mutant', () => {
  it.each(MUTANTS)('$name differs from the build in its file', (mutant) => {
    const dist = join(process.cwd(), 'dist');
    const folder = mkdtempSync(join(process.cwd(), '.local', 'mutant-'));
    const copy = join(folder, 'dist');
    try {
      copyAsMutant(dist, copy, mutant);
      const [original, changed] = [dist, copy].map((folder) =>
        readFileSync(join(folder, mutant.file), 'utf8'),
      );
      expect(changed).not.toBe(original);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
