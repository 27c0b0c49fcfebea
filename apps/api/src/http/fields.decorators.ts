import { applyDecorators } from '@nestjs/common';
import { IsString, Matches, MaxLength, MinLength, ValidateIf } from 'class-validator';

/**
 * The field is a single line of text. It has more than whitespace and no control characters: PostgreSQL can't store
 * NUL, and a line break would allow the injection of mail headers.
 */
export function IsSingleLine(maxLength: number) {
  return applyDecorators(
    Matches(/^(?=.*\S)[^\p{Cc}\p{Cs}]+$/u, { message: 'must be a single line of text' }),
    MinLength(1),
    MaxLength(maxLength),
    IsString(),
  );
}

/** The field may be omitted, but not null. (class-validator's IsOptional also accepts null.) */
export const IsOptionalNotNull = () => ValidateIf((_object, value) => value !== undefined);
