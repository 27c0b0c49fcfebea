import type { Drill } from './drills.js';
import type { Lab } from './lab.js';

/** What the ledger says after a drill. */
export interface DrillResult {
  accepted: number;
  refused: number;
  /** Requests without an answer, which may have been accepted. */
  unanswered: number;
  processed: number;
  rejected: number;
  /** Orders that have neither been processed nor rejected in time. */
  unfinished: number;
  /** Orders without exactly one notification of their outcome. */
  wrong_notifications: number;
  /** Whether stock, movements, reservations and payments fit together. Null if the audit has not finished. */
  reconciles: boolean | null;
}

const AUDIT_WITHIN_SECONDS = 90;

/** Runs a drill, and reconciles the orders that it placed. */
export async function runDrill({ name, run, settlesWithin }: Drill, lab: Lab): Promise<DrillResult> {
  lab.say(`drill ${name} begins`);
  await run(lab);
  lab.say('waiting until all orders are processed or rejected');
  await lab.until(settlesWithin, async () => (await countUnfinished(lab)) === 0);
  await lab.until(settlesWithin, async () => (await countWrongNotifications(lab)) === 0);
  lab.say('reconciling the stock ledger');
  const { processed = 0, rejected = 0 } = await lab.countByStatus();
  return {
    accepted: lab.orderIds.length,
    refused: lab.refused,
    unanswered: lab.unanswered,
    processed,
    rejected,
    unfinished: await countUnfinished(lab),
    wrong_notifications: await countWrongNotifications(lab),
    reconciles: await auditLedger(lab),
  };
}

/** Whether the system kept its guarantees. */
export const isSound = ({ unfinished, wrong_notifications, reconciles }: DrillResult) =>
  unfinished === 0 && wrong_notifications === 0 && reconciles === true;

export function describeResult(result: DrillResult): string[] {
  const { accepted, refused, unanswered, processed, rejected, unfinished, wrong_notifications } = result;
  const ledger = { true: 'reconciles', false: 'does NOT reconcile', null: 'was not audited in time' };
  return [
    `${accepted} orders accepted, ${refused} refused, ${unanswered} without an answer`,
    `${processed} processed, ${rejected} rejected, ${unfinished} unfinished`,
    `${wrong_notifications} orders without exactly one notification`,
    `the stock ledger ${ledger[`${result.reconciles}`]}`,
  ];
}

async function countUnfinished(lab: Lab): Promise<number> {
  const { processed = 0, rejected = 0 } = await lab.countByStatus();
  return lab.orderIds.length - processed - rejected;
}

async function countWrongNotifications(lab: Lab): Promise<number> {
  const [row] = await lab.select<{ count: number }>(
    `SELECT count(*)::int AS count FROM unnest($1::bigint[]) AS placed (id)
     WHERE (SELECT count(*) FROM notifications WHERE order_id = placed.id AND kind IN ('order_processed', 'order_rejected')) <> 1`,
    [lab.orderIds],
  );
  return row!.count;
}

async function auditLedger(lab: Lab): Promise<boolean | null> {
  type Audit = { id: number; state: string; reconciles: boolean | null };
  const requested = await lab.until(AUDIT_WITHIN_SECONDS, () =>
    lab.request<Audit>('POST', '/v1/operations/audit'),
  );
  if (!requested) return null;
  const finished = await lab.until(AUDIT_WITHIN_SECONDS, async () => {
    const audit = await lab.request<Audit>('GET', `/v1/operations/audits/${requested.id}`);
    return (audit.state === 'succeeded' || audit.state === 'failed') && audit;
  });
  return finished ? finished.reconciles : null;
}
