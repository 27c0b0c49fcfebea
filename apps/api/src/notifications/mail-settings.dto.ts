import {
  OPTIONAL_NOTIFICATION_KINDS,
  type MailSettings,
  type OptionalNotificationKind,
} from '@estoque/domain';
import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsIn } from 'class-validator';
import { IsSingleLine } from '../http/fields.decorators.js';

const OPTED_OUT = {
  enum: OPTIONAL_NOTIFICATION_KINDS,
  isArray: true,
  maxItems: OPTIONAL_NOTIFICATION_KINDS.length,
  example: ['order_shipped'],
};

export class ChangeMailSettingsDto {
  /** Kinds of mails that the customer does not want. All other kinds are sent. */
  @ApiProperty(OPTED_OUT)
  @ArrayMaxSize(OPTIONAL_NOTIFICATION_KINDS.length)
  @IsIn(OPTIONAL_NOTIFICATION_KINDS, { each: true })
  @IsArray()
  opted_out!: OptionalNotificationKind[];
}

export class SuppressDto {
  /** Why mails cannot reach the address. @example "550 5.1.1 user unknown" */
  @IsSingleLine(500)
  reason!: string;
}

export class MailSettingsDto {
  /** Kinds of mails that the customer does not want. */
  @ApiProperty(OPTED_OUT)
  opted_out!: OptionalNotificationKind[];
  /** Since when no mail is sent to the address, because it refused one; null if it gets mails. @example "2026-01-15T12:00:00.000Z" */
  suppressed_at!: string | null;
  /** Why no mail is sent to the address, or null. A customer does not see it. @example "550 5.1.1 user unknown" */
  suppression!: string | null;
}

export const toMailSettingsDto = ({
  opted_out,
  suppressed_at,
  suppression,
}: MailSettings): MailSettingsDto => ({
  opted_out,
  suppressed_at: suppressed_at?.toISOString() ?? null,
  suppression,
});
