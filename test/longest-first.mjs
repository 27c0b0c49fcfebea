import Sequencer from '@jest/test-sequencer';

/** The projects that take longest. */
const LONGEST = ['faults', 'launcher', 'journeys'];

/**
 * Jest knows how long each file takes from its last run. A fresh machine has none, and began what takes longest last:
 * half a minute with nothing beside it.
 */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ context }) => {
      const index = LONGEST.indexOf(context.config.displayName?.name);
      return index < 0 ? LONGEST.length : index;
    };
    return super.sort(tests).toSorted((a, b) => rank(a) - rank(b));
  }
}
