import { drawLedger, drawMails, PROMISES, PROMISES_AT_REST, type Promised } from '../test/faults/ledger.js';
import type { Mail } from '../test/faults/mail-sink.js';
import { DOMAIN } from './pipeline.js';
import { openingStock } from './shop.js';
import type { Database } from './stack.js';

const MAX_LINES = 10;

export interface Closing {
  /** Orders that were answered with 202. */
  accepted: number[];
  /** What the mail server took; unset where no mail was to be sent. */
  mails?: Mail[];
  /** Promises that this contender doesn't make. */
  without?: Promised[];
}

/** The same ledger that closes the faults: every order in a final state, and the books balanced. @returns what is wrong */
export async function reconcileLedger(
  { pool }: Database,
  { accepted, mails, without = [] }: Closing,
): Promise<string[]> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    // A million orders are checked in memory.
    await client.query(`SET LOCAL work_mem = '256MB'`);
    const sql = async (text: string, values: unknown[]) =>
      (await client.query(text, values)).rows as unknown[];
    const { findings } = await drawLedger(sql, { accepted, opening: openingStock() });
    if (mails) {
      const drawn = await drawMails(sql, { mails, disruptions: [], domain: DOMAIN, refused: /^never$/ });
      findings.untold = findings.untold.concat(drawn.untold);
      findings.mails = findings.mails.concat(drawn.mails);
    }
    const broken = [...PROMISES, ...PROMISES_AT_REST]
      .filter((promised) => !without.includes(promised))
      .flatMap((promised) => findings[promised].map((line) => `${promised}: ${line}`));
    return broken.length <= MAX_LINES
      ? broken
      : [...broken.slice(0, MAX_LINES), `and ${broken.length - MAX_LINES} more`];
  } finally {
    await client.query('ROLLBACK').catch(() => undefined);
    client.release();
  }
}
