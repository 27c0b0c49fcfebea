import {
  LOCALES,
  MAX_ITEMS,
  MAX_METADATA_ENTRIES,
  MAX_METADATA_VALUE_LENGTH,
  MAX_METHOD_LENGTH,
  MAX_REFERENCE_LENGTH,
  MAX_UNITS,
  type Locale,
} from '@estoque/domain';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { IsEmailAddress, IsOptionalNotNull, IsSingleLine } from '../http/fields.decorators.js';
import { IsMetadata } from './metadata.decorator.js';

export class CustomerDto {
  /** @example "Ana Souza" */
  @IsSingleLine(200)
  name!: string;

  /** @example "ana@example.com" */
  @IsEmailAddress()
  email!: string;
}

export class OrderItemDto {
  /** @example 10 */
  @Max(Number.MAX_SAFE_INTEGER)
  @Min(1)
  @IsInt()
  product_id!: number;

  /** @example 2 */
  @Max(MAX_UNITS)
  @Min(1)
  @IsInt()
  quantity!: number;
}

export class OrderPaymentDto {
  /** Token of the payment gateway for the customer's means of payment. @example "tok_ok" */
  @IsSingleLine(MAX_METHOD_LENGTH)
  method!: string;
}

export const METADATA_SCHEMA = {
  type: 'object',
  additionalProperties: { type: 'string', maxLength: MAX_METADATA_VALUE_LENGTH },
  maxProperties: MAX_METADATA_ENTRIES,
  selfRequired: false,
  example: { channel: 'web' },
} as const;

export class PlaceOrderDto {
  // This decorator is explicit because that of `items` is: the document lists such properties before all others.
  @ApiProperty()
  @ValidateNested()
  @IsObject({ message: 'must be an object with name and email' })
  @Type(() => CustomerDto)
  customer!: CustomerDto;

  /** Quantities of items with the same product are added up in one line of the order. */
  @ValidateNested({ each: true, message: 'must contain objects with product_id and quantity' })
  // The Swagger plugin ignores the argument of ArrayMaxSize unless it is a literal.
  @ApiProperty({ maxItems: MAX_ITEMS })
  @ArrayMaxSize(MAX_ITEMS)
  @ArrayMinSize(1)
  @IsArray()
  @Type(() => OrderItemDto)
  items!: OrderItemDto[];

  /** Language of the mails about this order. @example "pt-BR" */
  @ApiPropertyOptional({ default: 'en', example: 'pt-BR' })
  @IsOptionalNotNull()
  @IsIn(LOCALES)
  locale: Locale = 'en';

  /** Your own name for the order, for example a purchase order number. It is shown in the mails if it looks like one: at most two words and 40 characters, with a digit. @example "PO-2026-118" */
  @IsOptionalNotNull()
  @IsSingleLine(MAX_REFERENCE_LENGTH)
  reference?: string;

  /** Values of your own that are stored with the order: at most 50, with names of at most 40 characters. */
  @IsOptionalNotNull()
  @IsMetadata()
  // The value as it was sent: class-transformer would omit some names.
  @Transform(({ obj }) => (obj as PlaceOrderDto).metadata)
  @ApiProperty(METADATA_SCHEMA)
  metadata?: Record<string, string>;

  /** The total is captured after stock is reserved. Without it, the order is processed without a payment. */
  @ApiPropertyOptional()
  @IsOptionalNotNull()
  @ValidateNested()
  @IsObject({ message: 'must be an object with method' })
  @Type(() => OrderPaymentDto)
  payment?: OrderPaymentDto;
}
