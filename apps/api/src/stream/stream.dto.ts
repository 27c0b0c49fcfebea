import { Type } from 'class-transformer';
import { IsInt, Max, Min } from 'class-validator';
import { IsOptionalNotNull } from '../http/fields.decorators.js';

export class StreamQuery {
  /** Only events of this order. @example 123 */
  @IsOptionalNotNull()
  @Type(() => Number)
  @Max(Number.MAX_SAFE_INTEGER)
  @Min(1)
  @IsInt()
  order_id?: number;
}
