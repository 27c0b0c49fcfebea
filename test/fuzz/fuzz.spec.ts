import { join } from 'node:path';
import { ROLE_NAMES } from '../../apps/api/src/access/scopes.js';
import { TestRun } from '../../tools/infrastructure/test-run.js';
import { runFuzz, SOURCES, type FuzzReport } from './run.js';

const SECONDS = 20;

describe('The system under hostile input', () => {
  const testRun = new TestRun(process.cwd());
  let report: FuzzReport;

  beforeAll(async () => {
    const { root, dir, processes, printProgress } = testRun;
    report = await runFuzz({
      root,
      dir,
      processes,
      printProgress,
      dist: join(root, 'dist'),
      seed: 1,
      seconds: SECONDS,
      only: SOURCES,
      // Other specs use the processors as well.
      maxOrderSeconds: 30,
      // Shorter than the default of a run, so that messages about unknown orders are dead letters sooner.
      environment: { RETRY_DELAYS_MS: '200,400,800,1500' },
    });
  }, 400_000);
  afterAll(() => testRun.stop(), 60_000);

  it('violates no guarantee', () => {
    expect(report.violations).toEqual([]);
  });

  it('refuses every invalid credential, and answers every role', () => {
    const statusesOf = (name: string) => [...(report.outcomes.get(name) ?? new Map<string, number>()).keys()];
    for (const name of report.invalidCredentials)
      expect([name, statusesOf(name)]).toEqual([name, expect.arrayContaining(['401'])]);
    for (const role of ROLE_NAMES)
      for (const kind of ['API key', 'token'])
        expect([role, statusesOf(`${kind} of ${role}`)]).toEqual([role, expect.arrayContaining(['200'])]);
  });

  it('gets enough input, and processes good orders meanwhile', () => {
    const total = [...report.outcomes.values()].flatMap((counts) => [...counts.values()]);
    expect(total.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(500);
    expect(report.orders.placed).toBeGreaterThan(SECONDS / 2);
  });
});
