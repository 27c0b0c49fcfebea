import { AppError } from '@estoque/platform';
import { Type } from 'class-transformer';
import { IsInt, IsString, Max, MaxLength, Min } from 'class-validator';
import { IsOptionalNotNull } from './fields.decorators.js';

const CURSOR = /^([1-9]\d{0,15})$/;

export class PageQuery {
  /** Maximum number of entries. @example 20 */
  @IsOptionalNotNull()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(100)
  limit: number = 20;

  /** `next_cursor` of the previous page. */
  @IsOptionalNotNull()
  @IsString()
  @MaxLength(100)
  cursor?: string;
}

/** Converts a page query to a repository filter. It reads one extra row, which shows whether there is a next page. */
export function pageStart({ cursor, limit }: PageQuery) {
  return { before: cursor === undefined ? undefined : decode(cursor), limit: limit + 1 };
}

/**
 * Builds a page (keyset pagination by id).
 *
 * @param rows up to `limit + 1` rows, newest first
 */
export function toPage<Row extends { id: number }, Data>(
  rows: Row[],
  limit: number,
  toData: (row: Row) => Data,
) {
  const pageRows = rows.slice(0, limit);
  const has_more = rows.length > limit;
  const next_cursor = has_more ? Buffer.from(String(pageRows.at(-1)!.id)).toString('base64url') : null;
  return { data: pageRows.map(toData), has_more, next_cursor };
}

function decode(cursor: string): number {
  const id = Number(CURSOR.exec(Buffer.from(cursor, 'base64url').toString())?.[1]);
  if (Number.isSafeInteger(id)) return id;
  throw new AppError('invalid', 'invalid_cursor', 'The cursor is invalid.', {
    httpStatus: 400,
    fieldErrors: [
      { parameter: 'cursor', code: 'invalid_cursor', message: 'must be the next_cursor of a previous page' },
    ],
  });
}
