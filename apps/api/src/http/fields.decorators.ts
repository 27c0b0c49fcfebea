import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import {
  isEmail,
  IsEmail,
  IsString,
  Matches,
  MaxLength,
  MinLength,
  ValidateBy,
  ValidateIf,
} from 'class-validator';

/**
 * The field is a single line of text. It has more than whitespace and no control characters: PostgreSQL can't store
 * NUL, and a line break would allow the injection of mail headers. Line separators and the controls that reverse the
 * direction of text are refused too; other format characters are not, because some languages need joiners.
 */
export function IsSingleLine(maxLength: number) {
  return applyDecorators(
    Matches(/^(?=.*\S)[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+$/u, {
      message: 'must be a single line of text',
    }),
    MinLength(1),
    MaxLength(maxLength),
    IsString(),
    // The Swagger plugin does not see validators inside another decorator.
    ApiProperty({ minLength: 1, maxLength }),
  );
}

export const MAX_EMAIL_CHARACTERS = 254;
const EMAIL_CHARACTERS = /^[^\p{C}\p{Z}"]+$/u;
const EMAIL_OPTIONS = { allow_display_name: false };

/**
 * The field is an e-mail address without display name. Quoted local parts are refused, because they may contain control
 * characters, spaces and separators of addresses; no mail provider assigns such addresses. Control characters and
 * invisible format characters are refused everywhere.
 */
export function IsEmailAddress() {
  const message = 'must be an e-mail address';
  return applyDecorators(
    Matches(EMAIL_CHARACTERS, { message }),
    MaxLength(MAX_EMAIL_CHARACTERS),
    IsEmail(EMAIL_OPTIONS, { message }),
    ApiProperty({ format: 'email', maxLength: MAX_EMAIL_CHARACTERS }),
  );
}

/** Returns whether the text is an e-mail address as IsEmailAddress accepts it. */
export const isEmailAddress = (text: string) =>
  text.length <= MAX_EMAIL_CHARACTERS && EMAIL_CHARACTERS.test(text) && isEmail(text, EMAIL_OPTIONS);

const DATE_TIME =
  /^(?<year>\d{4})-(?<month>0[1-9]|1[0-2])-(?<day>0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/i;

/** Returns whether the value is a date and time of RFC 3339. A leap second is not accepted: `Date` has none. */
export function isDateTime(value: unknown): boolean {
  const date = typeof value === 'string' && DATE_TIME.exec(value)?.groups;
  if (!date) return false;
  // Day 0 of the next month is the last day of this month. Date.UTC would take the years below 100 for 1900 to 1999;
  // the year 2000 has the same months as those with a leap day.
  const year = Number(date.year);
  const daysInMonth = new Date(Date.UTC(2_000 + (year % 400), Number(date.month), 0)).getUTCDate();
  return Number(date.day) <= daysInMonth;
}

/** The field is a date and time of RFC 3339, such as `2026-01-01T00:00:00Z`. */
export function IsDateTime() {
  return applyDecorators(
    ValidateBy({
      name: 'isDateTime',
      validator: {
        validate: isDateTime,
        defaultMessage: () => 'must be a date and time of RFC 3339, for example 2026-01-31T12:00:00Z',
      },
    }),
    ApiProperty({ format: 'date-time' }),
  );
}

/** The field may be omitted, but not null. (class-validator's IsOptional also accepts null.) */
export const IsOptionalNotNull = () => ValidateIf((_object, value) => value !== undefined);
