/** Guarantees that hold at any time, also while orders are in progress. Each has the name of its violation. */
export const GUARANTEES_AT_ANY_TIME = [
  'lost',
  'duplicated',
  'false refusals',
  'oversold',
  'discrepancies',
  'charged twice',
] as const;
/**
 * Guarantees that hold once the system is drained. `stuck` means here: the order has no final status. (The watchdog's list
 * of stuck orders contains only orders that stay open although their events were republished.)
 */
const GUARANTEES_WHEN_DRAINED = [
  'stuck',
  'unpublished',
  'unnotified',
  'wrong mails',
  'wrong amounts',
] as const;
export const GUARANTEES = [...GUARANTEES_AT_ANY_TIME, ...GUARANTEES_WHEN_DRAINED] as const;
export type GuaranteeName = (typeof GUARANTEES)[number];

/** Violations of each guarantee, as lines of text. */
export type Findings = Record<GuaranteeName, string[]>;

const MAX_LISTED_FINDINGS = 10;

/** @returns lines for a report; a fault can cause hundreds of findings of one kind */
export function summarizeFindings(guarantee: GuaranteeName, findings: string[]): string[] {
  const lines = findings.slice(0, MAX_LISTED_FINDINGS).map((finding) => `${guarantee}: ${finding}`);
  const more = findings.length - lines.length;
  return more > 0 ? [...lines, `${guarantee}: ${more} more`] : lines;
}
