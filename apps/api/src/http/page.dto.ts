import { AppError } from '@estoque/platform';
import { Type } from 'class-transformer';
import { IsInt, IsString, Max, MaxLength, Min } from 'class-validator';
import { Optional } from './fields.decorators.js';

const CURSOR = /^([1-9]\d{0,15})$/;

export class PageQuery {
  /** How many at the most. @example 20 */
  @Optional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(100)
  limit: number = 20;

  /** `next_cursor` of the page before. */
  @Optional()
  @IsString()
  @MaxLength(100)
  cursor?: string;
}

/** What a repository needs to read one row more than the page holds, which tells whether there is a next one. */
export function pageStart({ cursor, limit }: PageQuery) {
  return { before: cursor === undefined ? undefined : decode(cursor), limit: limit + 1 };
}

/** A page of rows that come newest first, keyed by id. */
export function toPage<Row extends { id: number }, Data>(
  rows: Row[],
  limit: number,
  toData: (row: Row) => Data,
) {
  const shown = rows.slice(0, limit);
  const has_more = rows.length > limit;
  const next_cursor = has_more ? Buffer.from(String(shown.at(-1)!.id)).toString('base64url') : null;
  return { data: shown.map(toData), has_more, next_cursor };
}

function decode(cursor: string): number {
  const id = Number(CURSOR.exec(Buffer.from(cursor, 'base64url').toString())?.[1]);
  if (Number.isSafeInteger(id)) return id;
  throw new AppError('invalid', 'invalid_cursor', 'This is not a cursor of ours.', {
    httpStatus: 400,
    fieldErrors: [
      { pointer: '/cursor', code: 'invalid_cursor', message: 'must be the next_cursor of an earlier page' },
    ],
  });
}
