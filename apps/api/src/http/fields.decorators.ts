import { applyDecorators } from '@nestjs/common';
import { IsString, Matches, MaxLength, MinLength, ValidateIf } from 'class-validator';

/** A line of text for people: no control characters (PostgreSQL can't store NUL, mail headers must not break), not only blanks. */
export function IsSingleLine(mostCharacters: number) {
  return applyDecorators(
    Matches(/^(?=.*\S)[^\p{Cc}\p{Cs}]+$/u, { message: 'must be one line of text' }),
    MinLength(1),
    MaxLength(mostCharacters),
    IsString(),
  );
}

/** Unlike IsOptional, this lets nobody write null. */
export const Optional = () => ValidateIf((_object, value) => value !== undefined);
