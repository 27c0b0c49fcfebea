import Sequencer from '@jest/test-sequencer';
import { relative, sep } from 'node:path';

/** Specs that run whole systems for minutes, the longest first. */
const HEAVY = [
  'test/faults/faults.spec.ts',
  'test/launcher/start.spec.ts',
  'test/launcher/new-worker.spec.ts',
  'test/faults/database-cluster.spec.ts',
];
/** Number of other specs that start before the next heavy one. */
const BETWEEN_HEAVY = 8;
/** Its specs start before the remaining ones. */
const LONG_FOLDER = 'test/journeys/';

/**
 * Starts the slowest specs first. Otherwise Jest's own order applies: by the duration of the last run. Without a last run, as
 * in CI, Jest alone would start the slowest file last, and the total would be half a minute longer.
 *
 * Two heavy specs start at once, and each further one after some others. Their processes have sessions of their own, and
 * Linux gives each session the same share of the processors: with three heavy specs, a journey would wait for a minute until
 * its apps have started.
 */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    const fileOf = ({ context, path }) => relative(context.config.rootDir, path).split(sep).join('/');
    const sorted = super.sort(tests);
    const others = sorted
      .filter((test) => !HEAVY.includes(fileOf(test)))
      .toSorted((a, b) => fileOf(b).startsWith(LONG_FOLDER) - fileOf(a).startsWith(LONG_FOLDER));
    const [first, second, ...later] = HEAVY.map((file) =>
      sorted.find((test) => fileOf(test) === file),
    ).filter(Boolean);
    later.forEach((test, index) => others.splice((index + 1) * (BETWEEN_HEAVY + 1) - 1, 0, test));
    return [first, second, ...others].filter(Boolean);
  }
}
