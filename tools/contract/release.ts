import { findBreakingChanges } from './contract-changes.js';
import type { OpenApi } from './document.js';

/** The API's document as of the last release. */
export const RELEASED_DOCUMENT = 'docs/released/openapi.json';

/**
 * @param released undefined before the first release
 * @param today as YYYY-MM-DD
 * @returns why the document cannot be released; empty if it can
 */
export function releaseProblems(released: OpenApi | undefined, current: OpenApi, today: string): string[] {
  if (!released || JSON.stringify(released) === JSON.stringify(current)) return [];
  const { version } = released.info;
  const isHigher = compareVersions(current.info.version, version) > 0;
  return [
    ...findBreakingChanges(released, current, today),
    ...(isHigher
      ? []
      : [`the version ${current.info.version} is not higher than ${version}, the released one`]),
  ];
}

/** @returns a negative number, 0 or a positive one, as for `sort` */
export function compareVersions(a: string, b: string): number {
  const [first, second] = [a, b].map((version) => version.split('.').map(Number)) as [number[], number[]];
  return first.map((part, index) => part - (second[index] ?? 0)).find((difference) => difference !== 0) ?? 0;
}
