import { MAX_PRICE, MAX_REORDER_POINT, type Product } from '@estoque/domain';
import { PartialType } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsInt, IsISO4217CurrencyCode, Matches, Max, Min } from 'class-validator';
import { IsOptionalNotNull, IsSingleLine } from '../http/fields.decorators.js';
import { PageDto, PageQuery } from '../http/page.dto.js';

const BOOLEANS = new Map([
  ['true', true],
  ['false', false],
]);

export class ProductQuery extends PageQuery {
  /** Only the product with this SKU. @example "CAF-250" */
  @IsOptionalNotNull()
  @IsSingleLine(64)
  sku?: string;

  /** Only active or only inactive products. @example true */
  @IsOptionalNotNull()
  @IsBoolean()
  @Transform(({ value }) => BOOLEANS.get(value as string) ?? (value as unknown))
  active?: boolean;
}

export class CreateProductDto {
  /** Unique stock keeping unit. @example "CAF-250" */
  @Matches(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, {
    message: 'must be 1 to 64 letters, digits, dots, dashes or underscores, starting with a letter or digit',
  })
  sku!: string;

  /** @example "Café torrado 250 g" */
  @IsSingleLine(200)
  name!: string;

  /** In minor units of the currency, for example cents. @example 2490 */
  @Max(MAX_PRICE)
  @Min(0)
  @IsInt()
  price!: number;

  /** ISO 4217 currency code. @example "BRL" */
  @IsISO4217CurrencyCode({ message: 'must be an ISO 4217 code, for example BRL' })
  @Matches(/^[A-Z]{3}$/, { message: 'must be an ISO 4217 code, for example BRL' })
  currency!: string;

  /** A low-stock alert is sent when the stock on hand falls to this value or below. Default: 0. @example 10 */
  @IsOptionalNotNull()
  @Max(MAX_REORDER_POINT)
  @Min(0)
  @IsInt()
  reorder_point?: number;

  /** If false, orders with the product are rejected. Default: true. @example true */
  @IsOptionalNotNull()
  @IsBoolean()
  active?: boolean;
}

export class ProductDto {
  /** @example 10 */
  id!: number;
  /** Incremented by each change. The header `ETag` contains it. @example 3 */
  version!: number;
  /** @example "CAF-250" */
  sku!: string;
  /** @example "Café torrado 250 g" */
  name!: string;
  /** In minor units. @example 2490 */
  price!: number;
  /** @example "BRL" */
  currency!: string;
  /** @example 10 */
  reorder_point!: number;
  /** @example true */
  active!: boolean;
  /** @example "2026-01-15T12:00:00.000Z" */
  created_at!: string;
  /** @example "2026-01-15T12:00:00.000Z" */
  updated_at!: string;
}

export class ProductPageDto extends PageDto {
  data!: ProductDto[];
}

/** Omitted fields keep their values. */
export class ChangeProductDto extends PartialType(CreateProductDto, { skipNullProperties: false }) {}

export function toProductDto({
  id,
  version,
  sku,
  name,
  price,
  currency,
  reorder_point,
  active,
  created_at,
  updated_at,
}: Product): ProductDto {
  return {
    id,
    version,
    sku,
    name,
    price,
    currency,
    reorder_point,
    active,
    created_at: created_at.toISOString(),
    updated_at: updated_at.toISOString(),
  };
}
