import type { Notification } from '@estoque/domain';
import { Type } from 'class-transformer';
import { IsIn, IsInt, Max, Min } from 'class-validator';
import { Optional } from '../http/fields.decorators.js';
import { PageQuery } from '../http/page.dto.js';

export class NotificationQuery extends PageQuery {
  /** @example 123 */
  @Optional()
  @Type(() => Number)
  @Max(Number.MAX_SAFE_INTEGER)
  @Min(1)
  @IsInt()
  order_id?: number;

  @Optional()
  @IsIn(['pending', 'sent', 'failed'])
  state?: 'pending' | 'sent' | 'failed';
}

export class NotificationDto {
  /** @example 77 */
  id!: number;
  /** The order it is about; null for a low-stock alert. @example 123 */
  order_id!: number | null;
  kind!: 'order_processed' | 'order_rejected' | 'order_cancelled' | 'low_stock';
  /** @example "ana@example.com" */
  recipient!: string;
  /** @example "pt-BR" */
  locale!: string;
  /** `failed`: the recipient's server refused it for good. */
  state!: 'pending' | 'sent' | 'failed';
  /** How often a mail server was asked to take it and answered. @example 1 */
  attempts!: number;
  /** Why the last try failed. @example "451 4.7.1 try again later" */
  last_error!: string | null;
  /** @example "2026-01-15T12:00:00.000Z" */
  created_at!: string;
  /** @example "2026-01-15T12:00:01.000Z" */
  sent_at!: string | null;
}

export class NotificationPageDto {
  data!: NotificationDto[];
  /** @example true */
  has_more!: boolean;
  /** The next page's `cursor`; null on the last page. @example "MTIz" */
  next_cursor!: string | null;
}

export function toNotificationDto(notification: Notification): NotificationDto {
  const { id, order_id, kind, recipient, locale, state, attempts, last_error, created_at, sent_at } =
    notification;
  return {
    id,
    order_id,
    kind,
    recipient,
    locale,
    state,
    attempts,
    last_error,
    created_at: created_at.toISOString(),
    sent_at: sent_at?.toISOString() ?? null,
  };
}
