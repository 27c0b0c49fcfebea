import { TestRun } from '../../tools/infrastructure/test-run.js';
import { runInShortForm, type Report } from './run.js';

/** The fault of every `npm test`; `npm run faults -- --database-cluster` injects all of them. */
const FAULT = 'failover';

describe('The system on three PostgreSQL servers', () => {
  const testRun = new TestRun(process.cwd());
  let report: Report;

  beforeAll(async () => {
    report = await runInShortForm(testRun, { only: [FAULT], rate: 5, databaseCluster: true });
  }, 300_000);
  afterAll(() => testRun.stop(), 60_000);

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
