import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Processes } from '../../tools/infrastructure/processes.js';
import { runFaults, type Report } from './run.js';

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
      only: FAULTS,
      short: true,
      minutes: 0,
      rate: 3,
      seed: 1,
      printProgress: () => undefined,
    });
  }, 900_000);
  afterAll(async () => {
    await processes.stop();
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  }, 60_000);

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
