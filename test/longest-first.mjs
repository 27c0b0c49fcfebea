import Sequencer from '@jest/test-sequencer';

/** Jest projects in the order in which they start; all others follow. */
const FIRST_PROJECTS = ['faults', 'launcher', 'journeys'];

/**
 * Starts the slowest projects first. Within a project, Jest's own order applies: by the duration of the last run. Without
 * a last run, as in CI, Jest alone would start the slowest file last, and the total would be half a minute longer.
 */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ context }) => {
      const index = FIRST_PROJECTS.indexOf(context.config.displayName?.name);
      return index < 0 ? FIRST_PROJECTS.length : index;
    };
    return super.sort(tests).toSorted((a, b) => rank(a) - rank(b));
  }
}
