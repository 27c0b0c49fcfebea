import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Processes } from '../../tools/infrastructure/processes.js';
import { FuzzRun, SOURCES, type FuzzReport } from './run.js';

const SECONDS = 20;

describe('The system under hostile input', () => {
  const root = process.cwd();
  const dir = join(root, '.local', 'test', randomBytes(4).toString('hex'));
  const processes = new Processes(join(dir, 'run'), () => undefined);
  let report: FuzzReport;

  beforeAll(async () => {
    report = await FuzzRun.run({
      root,
      dist: join(root, 'dist'),
      dir,
      processes,
      seed: 1,
      seconds: SECONDS,
      only: SOURCES,
      // Shorter than the default of a run, so that messages about unknown orders are dead letters sooner.
      environment: { RETRY_DELAYS_MS: '200,400,800,1500' },
      printProgress: () => undefined,
    });
  }, 400_000);
  afterAll(async () => {
    await processes.stop();
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  }, 60_000);

  it('violates no guarantee', () => {
    expect(report.violations).toEqual([]);
  });

  it('gets enough input, and processes good orders meanwhile', () => {
    const total = [...report.outcomes.values()].flatMap((counts) => [...counts.values()]);
    expect(total.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(500);
    expect(report.orders.placed).toBeGreaterThan(SECONDS / 2);
  });
});
