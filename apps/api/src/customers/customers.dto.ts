import { ERASURE_STATES, type Erasure } from '@estoque/domain';
import { IsIn } from 'class-validator';
import { ApiKeyDto } from '../access/api-keys.dto.js';
import { AuditLogEntryDto } from '../audit-log/audit-log.dto.js';
import { PageDto } from '../http/page.dto.js';
import { MailSettingsDto } from '../notifications/mail-settings.dto.js';
import { NotificationDto } from '../notifications/notifications.dto.js';
import { OrderDto } from '../orders/orders.dto.js';
import { PaymentDetailsDto } from '../payments/payments.dto.js';

/** An order of a customer, with everything else that is stored about the customer because of it. */
export class CustomerDataDto {
  order!: OrderDto;
  /** Who placed the order: an actor as in the audit log. Null for an old order. @example "key:12" */
  placed_by!: string | null;
  /** Network address from which the order was placed, or null. @example "203.0.113.7" */
  placed_from!: string | null;
  /** The payment of the order with its attempts and refunds, or null. */
  payment!: PaymentDetailsDto | null;
  /** Mails about the order. */
  notifications!: NotificationDto[];
  /** Entries of the audit log: what the customer has changed in the order, oldest first. */
  changes!: AuditLogEntryDto[];
}

export class CustomerDataPageDto extends PageDto {
  data!: CustomerDataDto[];
  /** The newest 100 API keys of the customer, the same on each page. */
  api_keys!: ApiKeyDto[];
  /** Which mails the customer gets, the same on each page. */
  mail_settings!: MailSettingsDto;
}

export class ErasureDto {
  /** @example 4 */
  id!: number;
  // Response fields are not validated: @IsIn only gives the Swagger plugin the enum, in this order.
  /** `running`: also while it waits for a mail that is being sent or an event that is not confirmed. */
  @IsIn(ERASURE_STATES)
  state!: Erasure['state'];
  /** Number of orders from which the customer was erased so far. @example 3 */
  orders!: number;
  /** Number of erased mails. @example 4 */
  notifications!: number;
  /** Number of erased dead letters. @example 0 */
  dead_letters!: number;
  /** Number of erased answers to requests with an idempotency key. @example 1 */
  answers!: number;
  /** @example "2026-01-15T12:00:00.000Z" */
  requested_at!: string;
  /** @example "2026-01-15T12:00:01.000Z" */
  finished_at!: string | null;
}

export const toErasureDto = (erasure: Erasure): ErasureDto => ({
  id: erasure.id,
  state: erasure.state,
  orders: erasure.orders,
  notifications: erasure.notifications,
  dead_letters: erasure.dead_letters,
  answers: erasure.answers,
  requested_at: erasure.requested_at.toISOString(),
  finished_at: erasure.finished_at?.toISOString() ?? null,
});
