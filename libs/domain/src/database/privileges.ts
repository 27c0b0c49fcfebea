import type { Privilege, TablePrivileges } from '@estoque/database';

/** The role of an app. The user that the app logs in as is a member of it. */
export const roleOf = (app: string) => `estoque_${app.replaceAll('-', '_')}`;

/** What a transition of an order changes. */
const ORDER_TRANSITION: Privilege =
  'UPDATE (status, version, rejection, cancellation, cancellation_reason, shipment_status, unconfirmed, closed_at, updated_at, republish_count, republished_at)';
/** What a consumer changes that confirms an event of an order. */
const ORDER_CONFIRMATION: Privilege = 'UPDATE (unconfirmed, closed_at)';
/** Writing events, and publishing those of this process and those that another one left. */
const OUTBOX: Privilege[] = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'];

/** Reporting what this process does, and deleting the reports of processes that ended. */
const REPORT: Privilege[] = ['SELECT', 'INSERT', 'UPDATE (reported_at, report)', 'DELETE'];
/** Stating at its start who this process is, and deleting old entries. */
const PROCESS: Privilege[] = ['SELECT', 'INSERT', 'DELETE'];
/** Recording deliveries that had no effect, and deleting old records. */
const DELIVERY_LOG: Privilege[] = ['SELECT', 'INSERT', 'DELETE'];
/** Recording when old data were deleted. */
const RETENTION_RUNS: Privilege[] = ['SELECT', 'INSERT', 'UPDATE'];

/**
 * What each app may do with each table, and which functions it may call. An app that is not listed for a table cannot even
 * read it.
 *
 * `SELECT ... FOR UPDATE` and every other row lock require the privilege UPDATE for one column. Where an app locks rows
 * that it does not change, that column is the one that does least harm; a comment says so.
 *
 * No app owns a table, and none may use TRUNCATE. Deletions by a foreign key with ON DELETE CASCADE, and the checks of
 * foreign keys, run with the privileges of the owner.
 */
const BY_TABLE: Record<string, Record<string, readonly Privilege[]>> = {
  // Written by the owner of the tables only.
  migrations: { api: ['SELECT'] },
  products: {
    api: ['SELECT', 'INSERT', 'UPDATE'],
    'order-worker': ['SELECT'],
    // The lock that a foreign key takes, taken beforehand without waiting.
    'stock-worker': ['SELECT', 'UPDATE (updated_at)'],
    'notify-worker': ['SELECT'],
  },
  orders: {
    api: ['SELECT', 'INSERT', 'UPDATE'],
    'order-worker': ['SELECT', ORDER_TRANSITION],
    'stock-worker': ['SELECT', ORDER_TRANSITION],
    'notify-worker': ['SELECT', ORDER_CONFIRMATION],
    'payment-worker': ['SELECT', ORDER_CONFIRMATION],
  },
  order_lines: {
    api: ['SELECT', 'INSERT', 'UPDATE (shipped, returned)'],
    'order-worker': ['SELECT'],
    'stock-worker': ['SELECT'],
    'notify-worker': ['SELECT'],
    'payment-worker': ['SELECT'],
  },
  order_timeline: {
    api: ['SELECT', 'INSERT'],
    // The retention locks the entries that it deletes.
    'order-worker': ['SELECT', 'INSERT', 'UPDATE (at)', 'DELETE'],
    'stock-worker': ['SELECT', 'INSERT'],
    'notify-worker': ['SELECT', 'INSERT'],
  },
  // An erasure removes the tracking numbers.
  shipments: {
    api: ['SELECT', 'INSERT', 'UPDATE (tracking_number, awaits_completion)'],
    'order-worker': ['SELECT', 'UPDATE (awaits_completion)'],
    'notify-worker': ['SELECT'],
  },
  shipment_lines: {
    api: ['SELECT', 'INSERT'],
    // To publish an event again.
    'order-worker': ['SELECT'],
    'notify-worker': ['SELECT'],
  },
  // An erasure removes the reasons.
  returns: {
    api: ['SELECT', 'INSERT', 'UPDATE (reason)'],
    'order-worker': ['SELECT'],
    'notify-worker': ['SELECT'],
  },
  return_lines: {
    api: ['SELECT', 'INSERT'],
    'order-worker': ['SELECT'],
    'notify-worker': ['SELECT'],
  },
  stock: {
    api: ['SELECT', 'INSERT', 'UPDATE'],
    'order-worker': ['SELECT', 'UPDATE (reserved, change_group)'],
    'stock-worker': ['SELECT', 'UPDATE (on_hand, reserved, change_group)'],
  },
  reservations: {
    api: ['SELECT', 'UPDATE (status)'],
    'order-worker': ['SELECT', 'INSERT', 'UPDATE (status)'],
    'stock-worker': ['SELECT', 'UPDATE (status)'],
  },
  movements: {
    api: ['SELECT', 'INSERT'],
    'order-worker': ['SELECT'],
    'stock-worker': ['SELECT', 'INSERT'],
    'notify-worker': ['SELECT'],
  },
  notifications: {
    api: ['SELECT', 'UPDATE'],
    // The retention locks the rows that it deletes.
    'order-worker': ['SELECT', 'UPDATE (leased_until)', 'DELETE'],
    'notify-worker': ['SELECT', 'INSERT', 'UPDATE'],
  },
  // The api lets the reconciler check a payment soon, when the gateway sends a webhook. An erasure replaces the token.
  payments: {
    api: ['SELECT', 'UPDATE (next_check_at, checks, method)'],
    'order-worker': ['SELECT', 'INSERT'],
    'payment-worker': ['SELECT', 'UPDATE'],
    'notify-worker': ['SELECT'],
  },
  payment_attempts: {
    api: ['SELECT'],
    'payment-worker': ['SELECT', 'INSERT', 'UPDATE (finished_at, outcome, detail)'],
  },
  refunds: {
    api: ['SELECT', 'INSERT', 'UPDATE (reason)'],
    'order-worker': ['SELECT'],
    'payment-worker': ['SELECT', 'INSERT', 'UPDATE'],
    'notify-worker': ['SELECT'],
  },
  // An erasure replaces answers. The pruning locks the rows that it deletes.
  idempotency_keys: { api: ['SELECT', 'INSERT', 'UPDATE (answer, created_at)', 'DELETE'] },
  outbox: {
    api: OUTBOX,
    'order-worker': OUTBOX,
    'stock-worker': OUTBOX,
    'payment-worker': OUTBOX,
    // For the metrics of the outbox. It publishes no event.
    'notify-worker': ['SELECT'],
  },
  // The api counts the mails that it sends again, and erases the quotas of a customer.
  mail_quotas: {
    api: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
    'notify-worker': ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  },
  mail_settings: {
    api: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
    // After a mail to the address was refused.
    'notify-worker': ['SELECT', 'INSERT', 'UPDATE (suppressed_at, suppression)'],
  },
  // A key is never deleted, and its scopes never change. An erasure replaces name and address of a customer's key.
  api_keys: { api: ['SELECT', 'INSERT', 'UPDATE (name, customer_email, last_used_at, revoked_at)'] },
  // Append-only: the two functions below are the exceptions (docs/adr/0034).
  audit_log: { api: ['SELECT', 'INSERT'] },
  'prune_audit_log()': { api: ['EXECUTE'] },
  'erase_customer_from_audit_log()': { api: ['EXECUTE'] },
  erasures: { api: ['SELECT', 'INSERT', 'UPDATE'] },
  customer_retention: { api: ['SELECT', 'UPDATE (order_id)'] },
  dead_letters: { api: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'] },
  // An erasure removes the reasons.
  dead_letter_actions: { api: ['SELECT', 'INSERT', 'UPDATE (reason)'] },
  dead_letter_jobs: { api: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'] },
  // A worker runs the handler of the event and stores what it would do.
  dry_runs: {
    api: ['SELECT', 'INSERT', 'DELETE'],
    'order-worker': ['SELECT', 'UPDATE (claimed, result)'],
    'stock-worker': ['SELECT', 'UPDATE (claimed, result)'],
    'notify-worker': ['SELECT', 'UPDATE (claimed, result)'],
    'payment-worker': ['SELECT', 'UPDATE (claimed, result)'],
  },
  webhook_endpoints: {
    api: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
    'notify-worker': ['SELECT', 'UPDATE (state, disabled_reason, disabled_at, mail_due_at)'],
  },
  webhook_failures: { api: ['SELECT', 'DELETE'], 'notify-worker': ['SELECT', 'INSERT', 'DELETE'] },
  // The api cannot read a secret that it has stored.
  webhook_secrets: {
    api: ['SELECT (endpoint_id, expires_at)', 'INSERT', 'UPDATE (expires_at)', 'DELETE'],
    'notify-worker': ['SELECT'],
  },
  // Events are written by a trigger, with the privileges of the owner. The pruning locks the rows that it deletes.
  webhook_events: { api: ['SELECT'], 'notify-worker': ['SELECT', 'UPDATE (created_at)', 'DELETE'] },
  webhook_deliveries: {
    api: ['SELECT', 'INSERT', 'UPDATE (due_at)'],
    'notify-worker': ['SELECT', 'UPDATE (state, attempts, due_at, ended_at)'],
  },
  // The erasure of a customer deletes the answers of receivers.
  webhook_attempts: { api: ['SELECT', 'UPDATE (answer)'], 'notify-worker': ['INSERT'] },
  process_reports: {
    api: REPORT,
    'order-worker': REPORT,
    'stock-worker': REPORT,
    'notify-worker': REPORT,
    'payment-worker': REPORT,
  },
  processes: {
    api: PROCESS,
    'order-worker': PROCESS,
    'stock-worker': PROCESS,
    'notify-worker': PROCESS,
    'payment-worker': PROCESS,
  },
  // Written by the processes that consume a queue.
  delivery_log: {
    api: ['SELECT'],
    'order-worker': DELIVERY_LOG,
    'stock-worker': DELIVERY_LOG,
    'notify-worker': DELIVERY_LOG,
    'payment-worker': DELIVERY_LOG,
  },
  // Written by the processes that delete old data.
  retention_runs: { api: RETENTION_RUNS, 'order-worker': RETENTION_RUNS, 'notify-worker': RETENTION_RUNS },
  flow_samples: { api: ['SELECT', 'INSERT', 'DELETE'] },
  audits: {
    api: ['SELECT', 'INSERT'],
    'order-worker': ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  },
};

/** `BY_TABLE` with the names of the roles. */
export const PRIVILEGES: TablePrivileges = Object.fromEntries(
  Object.entries(BY_TABLE).map(([table, byApp]) => [
    table,
    Object.fromEntries(Object.entries(byApp).map(([app, privileges]) => [roleOf(app), privileges])),
  ]),
);

/** The apps that have a role. */
export const APPS_WITH_ROLES = [...new Set(Object.values(BY_TABLE).flatMap((byApp) => Object.keys(byApp)))];
