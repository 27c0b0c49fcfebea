import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { MUTANTS, buildMutant } from './mutants.js';

/** That the rig catches them takes minutes: `npm run faults -- --prove-rig`. */
describe('A build broken on purpose', () => {
  it.each(MUTANTS)('$name differs from the build where it should', (build) => {
    const dist = join(process.cwd(), 'dist');
    const copy = mkdtempSync(join(process.cwd(), '.local', 'broken-'));
    try {
      buildMutant(dist, copy, build);
      const [was, is] = [dist, copy].map((folder) => readFileSync(join(folder, build.file), 'utf8'));
      expect(is).not.toBe(was);
    } finally {
      rmSync(copy, { recursive: true });
    }
  });
});
