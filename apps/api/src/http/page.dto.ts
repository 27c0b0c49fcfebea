import { AppError } from '@estoque/platform';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsString, Max, MaxLength, Min } from 'class-validator';
import { IsOptionalNotNull } from './fields.decorators.js';

const CURSOR = /^([1-9]\d{0,15})$/;

export class PageQuery {
  /** Maximum number of entries. @example 20 */
  @ApiPropertyOptional({ type: 'integer', default: 20, minimum: 1, maximum: 100 })
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

/** What all pages have besides their `data`. */
export class PageDto {
  /** @example true */
  has_more!: boolean;
  /** `cursor` of the next page, or null on the last page. @example "MTIz" */
  next_cursor!: string | null;
}

export const emptyPage = () => ({ data: [], has_more: false, next_cursor: null });

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
  const next_cursor = has_more ? cursorAfter(pageRows.at(-1)!.id) : null;
  return { data: pageRows.map(toData), has_more, next_cursor };
}

/** @returns the cursor of the page that starts below the id */
export const cursorAfter = (id: number) => Buffer.from(String(id)).toString('base64url');

/** Maximum size of a page whose entries have no small maximum size of their own, in bytes of JSON. */
const MAX_PAGE_BYTES = 500_000;
/** Entries that are read at a time, so that not many more than fit the page are in memory. */
const CHUNK_SIZE = 25;

/**
 * Reads a page that ends early if it would have more than 500 kB. `has_more` is true then. A page has at least one entry.
 *
 * @param read returns up to `limit` rows below the id `before`, newest first
 */
export async function readBoundedPage<Row extends { id: number }, Data>(
  query: PageQuery,
  read: (range: { before?: number; limit: number }) => Promise<Row[]>,
  toData: (row: Row) => Data,
) {
  const start = pageStart(query);
  const rows: Row[] = [];
  let bytes = 0;
  let before = start.before;
  while (rows.length < start.limit) {
    const limit = Math.min(CHUNK_SIZE, start.limit - rows.length);
    const chunk = await read({ before, limit });
    for (const row of chunk) {
      bytes += Buffer.byteLength(JSON.stringify(toData(row)));
      rows.push(row);
      if (bytes > MAX_PAGE_BYTES && rows.length > 1) return toPage(rows, rows.length - 1, toData);
    }
    if (chunk.length < limit) break;
    before = chunk.at(-1)!.id;
  }
  return toPage(rows, query.limit, toData);
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
