import { TestRun } from '../../tools/infrastructure/test-run.js';
import { runInShortForm, type Report } from './run.js';

/** The faults of every `npm test`; `npm run faults` injects all of them. */
const FAULTS = [
  'kill-each',
  'broker-kill',
  'postgres-stop-immediate',
  'duplicates',
  'roll-out',
  'poison',
  'last-units',
];

describe('The system under load and faults', () => {
  const testRun = new TestRun(process.cwd());
  let report: Report;

  beforeAll(async () => {
    report = await runInShortForm(testRun, { only: FAULTS, rate: 3 });
  }, 900_000);
  afterAll(() => testRun.stop(), 60_000);

  it.each(FAULTS)('keeps its guarantees under %s', (name) => {
    expect(report.results.find((result) => result.name === name)?.violations).toEqual([]);
  });

  it('loses, duplicates and oversells nothing, and notifies every customer', () => {
    expect(report.violations).toEqual([]);
    expect(report.ledger.accepted).toBeGreaterThan(500);
    expect(report.ledger.processed).toBeGreaterThan(0);
    expect(report.ledger.rejected).toBeGreaterThan(450);
    expect(report.republishedAtEnd).toBeGreaterThan(1_000);
  });
});
