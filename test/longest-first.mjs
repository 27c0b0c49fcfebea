import Sequencer from '@jest/test-sequencer';
import { relative, sep } from 'node:path';

/** Folders in the order in which their specs start; all others follow. */
const FIRST_FOLDERS = ['test/faults', 'test/launcher', 'test/journeys'];

/**
 * Starts the slowest specs first. Within a folder, Jest's own order applies: by the duration of the last run. Without a
 * last run, as in CI, Jest alone would start the slowest file last, and the total would be half a minute longer.
 */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ context, path }) => {
      const file = relative(context.config.rootDir, path).split(sep).join('/');
      const index = FIRST_FOLDERS.findIndex((folder) => file.startsWith(`${folder}/`));
      return index < 0 ? FIRST_FOLDERS.length : index;
    };
    return super.sort(tests).toSorted((a, b) => rank(a) - rank(b));
  }
}
