import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Processes } from '../../tools/infrastructure/processes.js';
import { runFaults, type Report } from './run.js';

/** The fault of every `npm test`; `npm run faults -- --database-cluster` injects all of them. */
const FAULT = 'failover';

describe('The system on three PostgreSQL servers', () => {
  const root = process.cwd();
  const dir = join(root, '.local', 'test', randomBytes(4).toString('hex'));
  const processes = new Processes(join(dir, 'run'), () => undefined);
  let report: Report;

  beforeAll(async () => {
    report = await runFaults({
      root,
      dist: join(root, 'dist'),
      dir,
      processes,
      databaseCluster: true,
      only: [FAULT],
      short: true,
      minutes: 0,
      rate: 5,
      seed: 1,
      printProgress: () => undefined,
    });
  }, 300_000);
  afterAll(async () => {
    await processes.stop();
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  }, 60_000);

  it('keeps its guarantees when the primary is lost, and when the address leads to a standby', () => {
    expect(report.results.map(({ name, violations }) => ({ name, violations }))).toEqual([
      { name: FAULT, violations: [] },
    ]);
  });

  it('loses and duplicates nothing, and refuses no order that it stores', () => {
    expect(report.violations).toEqual([]);
    expect(report.ledger.accepted).toBeGreaterThan(20);
    expect(report.ledger.processed).toBeGreaterThan(0);
    expect(report.notAccepted.refused.requests).toBeGreaterThan(0);
  });
});
