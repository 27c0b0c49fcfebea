import {
  LOCALES,
  NOTIFICATION_KINDS,
  NOTIFICATION_STATES,
  type Locale,
  type Notification,
  type NotificationKind,
  type NotificationState,
} from '@estoque/domain';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, Max, Min } from 'class-validator';
import { IsOptionalNotNull } from '../http/fields.decorators.js';
import { PageDto, PageQuery } from '../http/page.dto.js';

export class NotificationQuery extends PageQuery {
  /** @example 123 */
  @IsOptionalNotNull()
  @Type(() => Number)
  @Max(Number.MAX_SAFE_INTEGER)
  @Min(1)
  @IsInt()
  order_id?: number;

  @IsOptionalNotNull()
  @IsIn(NOTIFICATION_STATES)
  state?: NotificationState;
}

export class PreviewQuery {
  @ApiPropertyOptional({ default: 'order_processed', example: 'order_shipped' })
  @IsOptionalNotNull()
  @IsIn(NOTIFICATION_KINDS)
  kind: NotificationKind = 'order_processed';

  @ApiPropertyOptional({ default: 'en', example: 'pt-BR' })
  @IsOptionalNotNull()
  @IsIn(LOCALES)
  locale: Locale = 'en';
}

export class MailPreviewDto {
  /** @example "Your order 123 is on its way" */
  subject!: string;
  /** The HTML part. @example "<html lang='en'>…</html>" */
  html!: string;
  /** The plain-text part. @example "Hello Ana Souza, …" */
  text!: string;
}

export class NotificationDto {
  /** @example 77 */
  id!: number;
  /** Order that the mail is about, or null for a low-stock alert. @example 123 */
  order_id!: number | null;
  // Response fields are not validated: @IsIn only gives the Swagger plugin the enum, in this order.
  @IsIn(NOTIFICATION_KINDS)
  kind!: NotificationKind;
  /** @example "ana@example.com" */
  recipient!: string;
  /** @example "pt-BR" */
  locale!: string;
  /**
   * `failed`: refused permanently, not sent after 12 attempts, or not sent because the address is suppressed. `withheld`: not sent, because the recipient had got the
   * maximum number of mails within an hour.
   */
  @IsIn(NOTIFICATION_STATES)
  state!: NotificationState;
  /** Attempts that the mail server answered, or that failed unexpectedly. An outage of the mail server uses up none. @example 1 */
  attempts!: number;
  /** Error of the last attempt, or why the mail is withheld, or null. A customer does not see it. @example "451 4.7.1 try again later" */
  last_error!: string | null;
  /** @example "2026-01-15T12:00:00.000Z" */
  created_at!: string;
  /** @example "2026-01-15T12:00:01.000Z" */
  sent_at!: string | null;
}

export class NotificationPageDto extends PageDto {
  data!: NotificationDto[];
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
