import { GUARANTEES, type Findings } from './guarantees.js';
import { FACTS, QUERIES } from './ledger-queries.js';

/** Reads the database; all queries of one check must see the same snapshot. */
export type Sql = (text: string, values: unknown[]) => Promise<unknown[]>;

/** Facts that the fault injector itself has recorded. They do not come from the database of the system under test. */
export interface LedgerFacts {
  /** Ids of the orders that the API answered with 202. */
  accepted: number[];
  /** E-mail addresses of the requests that the API refused with an error that says that no order was stored. */
  refused: string[];
  /** Stock of each product before the first order, by product id. */
  openingStock: Map<number, number>;
}

export interface Ledger {
  accepted: number;
  orders: number;
  processed: number;
  rejected: number;
  cancelled: number;
  findings: Findings;
}

/** PostgreSQL needs every parameter to be used in each query. */
const USES_ALL_PARAMETERS =
  'cardinality($1::bigint[]) + cardinality($2::bigint[]) + cardinality($3::integer[]) + cardinality($4::text[]) >= 0';

/** Checks every guarantee about orders, stock and events against the database. `checkMails` checks those about mails. */
export async function checkLedger(
  sql: Sql,
  { accepted, refused, openingStock }: LedgerFacts,
): Promise<Ledger> {
  const findings = Object.fromEntries(GUARANTEES.map((guarantee) => [guarantee, [] as string[]])) as Findings;
  const values = [accepted, [...openingStock.keys()], [...openingStock.values()], refused];
  for (const [guarantee, query] of QUERIES) {
    const checked = `${FACTS} SELECT * FROM (${query}) AS found WHERE ${USES_ALL_PARAMETERS}`;
    const rows = (await sql(checked, values)) as { line: string }[];
    // One push for each line: a call has a limit of about 100,000 arguments.
    for (const { line } of rows) findings[guarantee].push(line);
  }
  const [counts] = (await sql(
    `SELECT count(*)::int AS orders, count(*) FILTER (WHERE status = 'processed')::int AS processed,
            count(*) FILTER (WHERE status = 'rejected')::int AS rejected,
            count(*) FILTER (WHERE status = 'cancelled')::int AS cancelled FROM orders`,
    [],
  )) as Pick<Ledger, 'orders' | 'processed' | 'rejected' | 'cancelled'>[];
  return { accepted: accepted.length, ...counts!, findings };
}
