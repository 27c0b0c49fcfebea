import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { FURTHER_PROGRAMS } from '../rolldown.config.js';

/** Paths of the compiler's output. */
const compiled = new Map(Object.values(FURTHER_PROGRAMS).flatMap((programs) => Object.entries(programs)));

/**
 * @param name name of an app or of another program
 * @returns the path of its bundle; in the build of a revision without bundles, the path of the compiler's output
 */
export function programOf(dist: string, name: string): string {
  const bundle = join(dist, 'bundles', `${name}.js`);
  return existsSync(bundle) ? bundle : join(dist, `${compiled.get(name) ?? `apps/${name}/src/main`}.js`);
}
