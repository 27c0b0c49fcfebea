import type { EntityManager } from 'typeorm';
import { ORDER_PARTS } from '../order/order-parts.js';
import type { OptionalNotificationKind } from './notification.entity.js';

/** Which mails an address gets. */
export interface MailSettings {
  /** Identifies the address in the audit log. Null if nothing was ever set for it. */
  id: number | null;
  /** Kinds of mails that are not recorded for the address. */
  opted_out: OptionalNotificationKind[];
  /** When the address was found to be unusable; null if it gets mails. */
  suppressed_at: Date | null;
  /** Why no mail is sent to the address. */
  suppression: string | null;
}

const COLUMNS = 'id, opted_out, suppressed_at, suppression';

/** Writes `mail_settings`. Addresses are compared in lower case. */
export class MailSettingsRepository {
  constructor(private readonly manager: EntityManager) {}

  async get(email: string): Promise<MailSettings> {
    const [settings] = await this.manager.query<MailSettings[]>(
      `SELECT ${COLUMNS} FROM mail_settings WHERE email = lower($1)`,
      [email],
    );
    return settings ?? { id: null, opted_out: [], suppressed_at: null, suppression: null };
  }

  /** Replaces the kinds that the address has opted out of. */
  async optOut(email: string, kinds: OptionalNotificationKind[]): Promise<MailSettings> {
    const [settings] = await this.manager.query<[MailSettings]>(
      `INSERT INTO mail_settings (email, opted_out) VALUES (lower($1), $2)
       ON CONFLICT (email) DO UPDATE SET opted_out = excluded.opted_out RETURNING ${COLUMNS}`,
      [email, kinds],
    );
    return settings;
  }

  /** Stops all mails to the address. The first reason stays. */
  async suppress(email: string, reason: string): Promise<MailSettings> {
    const [settings] = await this.manager.query<[MailSettings]>(
      `INSERT INTO mail_settings (email, suppressed_at, suppression) VALUES (lower($1), clock_timestamp(), $2)
       ON CONFLICT (email) DO UPDATE SET suppressed_at = coalesce(mail_settings.suppressed_at, excluded.suppressed_at),
         suppression = coalesce(mail_settings.suppression, excluded.suppression)
       RETURNING ${COLUMNS}`,
      [email, reason],
    );
    return settings;
  }

  /** Sends mails to the address again. */
  async endSuppression(email: string): Promise<MailSettings> {
    await this.manager.query(
      'UPDATE mail_settings SET suppressed_at = NULL, suppression = NULL WHERE email = lower($1)',
      [email],
    );
    return this.get(email);
  }

  /** @returns the kinds that each of the addresses has opted out of, by address in lower case; others are omitted */
  async optOutsOf(emails: string[]): Promise<Map<string, OptionalNotificationKind[]>> {
    const settings = await this.manager.query<{ email: string; opted_out: OptionalNotificationKind[] }[]>(
      `SELECT email, opted_out FROM mail_settings
       WHERE email = ANY(ARRAY(SELECT lower(address) FROM unnest($1::text[]) AS address)) AND opted_out <> '{}'`,
      [emails],
    );
    return new Map(settings.map(({ email, opted_out }) => [email, opted_out]));
  }

  /** @returns those of the addresses that get no mail, as they were given */
  async suppressedOf(emails: string[]): Promise<Set<string>> {
    const suppressed = await this.manager.query<{ address: string }[]>(
      `SELECT address FROM unnest($1::text[]) AS address
       WHERE EXISTS (SELECT FROM mail_settings WHERE email = lower(address) AND suppressed_at IS NOT NULL)`,
      [emails],
    );
    return new Set(suppressed.map(({ address }) => address));
  }

  async eraseCustomer(email: string) {
    await this.manager.query('DELETE FROM mail_settings WHERE email = lower($1)', [email]);
  }

  /** Deletes the settings of those of the addresses that have no order. */
  async eraseWithoutOrders(emails: string[]) {
    const orders = ORDER_PARTS.map(
      ({ condition }) => `NOT EXISTS (SELECT FROM orders
         WHERE ${condition} AND lower(customer_email) COLLATE "C" = mail_settings.email)`,
    );
    await this.manager.query(
      `DELETE FROM mail_settings
       WHERE email = ANY(ARRAY(SELECT lower(address) FROM unnest($1::text[]) AS address)) AND ${orders.join(' AND ')}`,
      [emails],
    );
  }
}
