import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Processes } from '../../tools/infrastructure/processes.js';
import { runFaults, type Report } from './run.js';

/** What is tried at every `npm test`; `npm run faults` tries everything, and for as long as one likes. */
const IN_SHORT = [
  'kill-each',
  'broker-kill',
  'postgres-stop-immediate',
  'duplicates',
  'roll-out',
  'poison',
  'last-units',
];

describe('Under orders all the while, with things broken on purpose', () => {
  const dir = join(process.cwd(), '.local', 'test', randomBytes(4).toString('hex'));
  const said: string[] = [];
  const processes = new Processes(join(dir, 'run'), (text) => said.push(text));
  let report: Report;

  beforeAll(async () => {
    report = await runFaults({
      ...{ root: process.cwd(), dist: join(process.cwd(), 'dist'), dir, processes },
      ...{ only: IN_SHORT, short: true, minutes: 0, rate: 3, seed: 1 },
      say: (text) => said.push(text),
    });
  }, 900_000);
  afterAll(async () => {
    await processes.stop();
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  }, 60_000);

  it.each(IN_SHORT)('%s breaks no promise', (name) => {
    expect(report.results.find((result) => result.name === name)?.broken).toEqual([]);
  });

  it('nothing is lost, nothing done twice, nothing oversold, nobody left untold', () => {
    expect(report.broken).toEqual([]);
    expect(report.ledger.accepted).toBeGreaterThan(500);
    expect(report.ledger.processed).toBeGreaterThan(0);
    expect(report.ledger.rejected).toBeGreaterThan(450);
    expect(report.replayed).toBeGreaterThan(1_000);
  });
});
