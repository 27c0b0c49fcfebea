import { GUARANTEES, type GuaranteeName } from '../test/faults/guarantees.js';
import { checkLedger } from '../test/faults/ledger.js';
import { checkMails } from '../test/faults/mail-ledger.js';
import type { Mail } from '../test/faults/mail-sink.js';
import { DOMAIN } from './pipeline.js';
import { openingStock } from './shop.js';
import type { Database } from './stack.js';

const MAX_LINES = 10;

export interface ExpectedState {
  /** Ids of the orders that were answered with 202. */
  accepted: number[];
  /** Mails that the mail server received; unset if no mail was to be sent. */
  mails?: Mail[];
  /** Guarantees that this contender does not give. */
  without?: GuaranteeName[];
}

/**
 * Checks the database with the ledger of the fault tests: every order is in a final state and the stock reconciles.
 *
 * @returns the discrepancies, one per line, or an empty list
 */
export async function reconcileLedger(
  { pool }: Database,
  { accepted, mails, without = [] }: ExpectedState,
): Promise<string[]> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    // Enough to check a million orders in memory.
    await client.query(`SET LOCAL work_mem = '256MB'`);
    const sql = async (text: string, values: unknown[]) =>
      (await client.query(text, values)).rows as unknown[];
    const { findings } = await checkLedger(sql, { accepted, refused: [], openingStock: openingStock() });
    if (mails) {
      const expected = { mails, disruptions: [], domain: DOMAIN, refused: /^never$/ };
      const mailFindings = await checkMails(sql, expected);
      findings.unnotified = findings.unnotified.concat(mailFindings.unnotified);
      findings['wrong mails'] = findings['wrong mails'].concat(mailFindings['wrong mails']);
    }
    const discrepancies = GUARANTEES.filter((guarantee) => !without.includes(guarantee)).flatMap(
      (guarantee) => findings[guarantee].map((line) => `${guarantee}: ${line}`),
    );
    return discrepancies.length <= MAX_LINES
      ? discrepancies
      : [...discrepancies.slice(0, MAX_LINES), `and ${discrepancies.length - MAX_LINES} more`];
  } finally {
    await client.query('ROLLBACK').catch(() => undefined);
    client.release();
  }
}
