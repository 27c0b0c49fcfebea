import type { Findings } from './guarantees.js';
import type { Sql } from './ledger.js';
import type { Mail } from './mail-sink.js';

export interface MailFacts {
  /** What the mail server accepted. */
  mails: Mail[];
  /** When a mail could be sent without being recorded as sent, in milliseconds. */
  disruptions: { from: number; to: number }[];
  /** Domain of the Message-IDs. */
  domain: string;
  /** Recipients that the mail server refuses permanently. */
  refused: RegExp;
}

interface NotificationRow {
  id: number;
  order_id: number | null;
  recipient: string;
  state: string;
  last_error: string | null;
}

/** The mail server can record a mail up to this long after its sender was killed. */
const RECEPTION_DELAY_MS = 1_000;
/** On a busy machine, the sender can record a mail as sent up to this long after the mail server's reply. */
const RECORDING_DELAY_MS = 5_000;

/**
 * Checks that each customer of a final order got the mail about it, that no other mails were sent, and that duplicates
 * are explained by a disruption.
 *
 * @returns also the number of second and further copies of a mail
 */
export async function checkMails(
  sql: Sql,
  { mails, disruptions, domain, refused }: MailFacts,
): Promise<Pick<Findings, 'unnotified' | 'wrong mails'> & { duplicateMails: number }> {
  const unnotified = await findOrdersWithoutNotification(sql);
  const wrongMails: string[] = [];
  let duplicateMails = 0;
  const mailsById = new Map<string, Mail[]>();
  for (const mail of mails) mailsById.set(mail.messageId, [...(mailsById.get(mail.messageId) ?? []), mail]);
  const notifications = await sql(
    'SELECT id::int, order_id::int, recipient, state, last_error FROM notifications ORDER BY id',
    [],
  );
  for (const notification of notifications as NotificationRow[]) {
    const messageId = `<notification-${notification.id}@${domain}>`;
    const copies = mailsById.get(messageId) ?? [];
    mailsById.delete(messageId);
    unnotified.push(...findUnnotified(notification, copies, refused));
    wrongMails.push(...findWrongCopies(notification, copies, disruptions));
    duplicateMails += Math.max(0, copies.length - 1);
  }
  for (const messageId of mailsById.keys())
    wrongMails.push(`${messageId} was received, but has no notification`);
  return { unnotified, 'wrong mails': wrongMails, duplicateMails };
}

async function findOrdersWithoutNotification(sql: Sql): Promise<string[]> {
  const rows = await sql(
    `SELECT 'order ' || id || ' is ' || status || ', but has no notification' AS line FROM orders
     WHERE status IN ('processed', 'rejected', 'cancelled')
       AND NOT EXISTS (SELECT 1 FROM notifications WHERE order_id = orders.id AND kind IN ('order_' || orders.status, 'payment_failed'))`,
    [],
  );
  return (rows as { line: string }[]).map(({ line }) => line);
}

function findUnnotified(notification: NotificationRow, copies: Mail[], refused: RegExp): string[] {
  const name = nameOf(notification);
  switch (notification.state) {
    case 'pending':
      return [`${name} is not sent yet`];
    case 'sent':
      return copies.length > 0 ? [] : [`${name} is recorded as sent, but was not received`];
    case 'failed':
      return refused.test(notification.recipient)
        ? []
        : [`${name} is failed (${notification.last_error}), but its recipient was not refused`];
    case 'withheld':
      return [`${name} is withheld (${notification.last_error}), but its recipient got few mails`];
    default:
      return [];
  }
}

function findWrongCopies(
  notification: NotificationRow,
  copies: Mail[],
  disruptions: MailFacts['disruptions'],
): string[] {
  const name = nameOf(notification);
  const isExplained = ({ at }: Mail) =>
    disruptions.some(({ from, to }) => from <= at + RECORDING_DELAY_MS && to >= at - RECEPTION_DELAY_MS);
  const isMisdirected = copies.some(({ to }) => to !== notification.recipient);
  return [
    ...(isMisdirected ? [`${name} was sent to another recipient`] : []),
    ...copies
      .slice(0, -1)
      .filter((copy) => !isExplained(copy))
      .map(() => `${name} was sent again without a disruption`),
  ];
}

function nameOf({ id, order_id }: NotificationRow) {
  return `notification ${id}${order_id === null ? '' : ` of order ${order_id}`}`;
}
