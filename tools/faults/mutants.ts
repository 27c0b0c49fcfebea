import { join } from 'node:path';
import { copyAsMutant, MUTANTS, type Mutant } from '../../test/faults/mutants.js';
import { areAllGuaranteesKept } from '../../test/faults/report.js';
import { runFaults } from '../../test/faults/run.js';
import { TestRun } from '../infrastructure/test-run.js';
import { bundle } from '../build.js';
import { root } from '../paths.js';
import { bold, green, print, red } from '../terminal.js';
import type { FaultOptions } from './options.js';

/** A build, and the faults that it is run with. */
type Build = Mutant | (Pick<Mutant, 'name' | 'faults'> & { file?: undefined });

const UNCHANGED: Build = { name: 'unchanged', faults: MUTANTS.flatMap(({ faults }) => faults) };
export const BUILDS: Build[] = [UNCHANGED, ...MUTANTS];

/**
 * @param names empty for all
 * @throws if a name is unknown
 */
export function selectBuilds(names: string[]): Build[] {
  const unknown = names.filter((name) => !BUILDS.some((build) => build.name === name));
  if (unknown.length > 0) throw new Error(`Unknown builds: ${unknown.join(', ')}`);
  return BUILDS.filter(({ name }) => names.length === 0 || names.includes(name));
}

/**
 * Runs the mutants, and the unchanged build under the same faults. Each mutant must violate a guarantee, and the unchanged
 * build must not. `--only` selects builds: mutants, or `unchanged`.
 */
export class MutantRuns {
  private current?: TestRun;

  constructor(
    private readonly options: FaultOptions,
    private readonly printProgress: (text: string) => void,
  ) {}

  /** @returns the exit code */
  async run(): Promise<number> {
    const undetected: string[] = [];
    let isFalseAlarm = false;
    for (const build of selectBuilds(this.options.only)) {
      const isDetected = await this.isDetected(build);
      print(bold(`${build.name}: ${isDetected ? 'detected' : 'all guarantees were kept'}`));
      if (build === UNCHANGED) isFalseAlarm = isDetected;
      else if (!isDetected) undetected.push(build.name);
    }
    if (undetected.length > 0) print(red(`Not detected: ${undetected.join(', ')}`));
    if (isFalseAlarm) print(red('False alarm on the unchanged build: see its violations above.'));
    if (undetected.length > 0 || isFalseAlarm) return 1;
    print(green('Every mutant was detected.'));
    return 0;
  }

  /** Stops the build that is running, if any. */
  async stop(): Promise<void> {
    await this.current?.stop();
  }

  /** @returns whether a build violates a guarantee under its faults */
  private async isDetected(build: Build): Promise<boolean> {
    const { cluster, databaseCluster, patroni, seed, rate, dist, keep } = this.options;
    const testRun = new TestRun(root, undefined, { keep });
    this.current = testRun;
    this.printProgress(`build: ${build.name}`);
    try {
      const report = await runFaults({
        root,
        dir: testRun.dir,
        processes: testRun.processes,
        dist: build.file === undefined ? dist : await buildMutant(dist, testRun.dir, build),
        printProgress: this.printProgress,
        only: build.faults,
        cluster,
        databaseCluster,
        patroni,
        seed,
        rate,
        short: false,
        minutes: 0,
        // The watchdog is disabled, because it would repair some of the damage.
        environment: { REPUBLISH_AFTER_SECONDS: '1000000,1000000,1000000' },
      });
      for (const violation of [
        ...report.results.flatMap((result) => result.violations),
        ...report.violations,
      ])
        this.printProgress(`    ${violation}`);
      return !areAllGuaranteesKept(report);
    } finally {
      await testRun.stop();
    }
  }
}

async function buildMutant(dist: string, folder: string, mutant: Mutant): Promise<string> {
  const copy = join(folder, 'dist');
  copyAsMutant(dist, copy, mutant);
  await bundle(root, folder);
  return copy;
}
