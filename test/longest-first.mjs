import Sequencer from '@jest/test-sequencer';

/** Jest projects in the order in which they start; all others follow. */
const FIRST_PROJECTS = ['faults', 'launcher', 'journeys'];

/**
 * Starts the slowest projects first. Jest orders test files by their duration in the last run. On a fresh machine there
 * is no last run, and Jest started the slowest file last: it ran for half a minute while nothing else was left to run.
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
