import Sequencer from '@jest/test-sequencer';

/** The slowest projects, the slowest first. */
const SLOWEST = ['faults', 'launcher', 'journeys'];

/**
 * Runs the slowest projects first. Jest sorts files by the durations of its last run. On a new machine there are none,
 * and Jest would start the slowest files last: for half a minute they would run alone.
 */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ context }) => {
      const index = SLOWEST.indexOf(context.config.displayName?.name);
      return index < 0 ? SLOWEST.length : index;
    };
    return super.sort(tests).toSorted((a, b) => rank(a) - rank(b));
  }
}
