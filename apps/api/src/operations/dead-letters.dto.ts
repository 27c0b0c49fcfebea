import {
  DEAD_LETTER_STATES,
  type DeadLetter,
  type DeadLetterAction,
  type DeadLetterState,
} from '@estoque/messaging';
import { IntersectionType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsObject, Max, Min, ValidateNested } from 'class-validator';
import { IsSingleLine, Optional } from '../http/fields.decorators.js';
import { PageQuery } from '../http/page.dto.js';

export class ActorDto {
  /** Who does it; it goes on record. @example "ana" */
  @IsSingleLine(100)
  by!: string;
}

export class DeadLetterFilterDto {
  /** @example "order_queue" */
  @Optional()
  @IsSingleLine(255)
  queue?: string;

  /** @example "order.created" */
  @Optional()
  @IsSingleLine(255)
  event?: string;

  /** @example "bug" */
  @Optional()
  @IsSingleLine(100)
  reason?: string;

  /** Order that the message is about. @example 123 */
  @Optional()
  @Max(Number.MAX_SAFE_INTEGER)
  @Min(1)
  @IsInt()
  order_id?: number;
}

export class DeadLetterQuery extends IntersectionType(PageQuery, DeadLetterFilterDto) {
  /** Order that the message is about. @example 123 */
  @Optional()
  @Type(() => Number)
  @Max(Number.MAX_SAFE_INTEGER)
  @Min(1)
  @IsInt()
  override order_id?: number;

  @Optional()
  @IsIn(DEAD_LETTER_STATES)
  state?: DeadLetterState;
}

export class FilteredActionDto extends ActorDto {
  /** Of what is parked, what fits all of it; `{}` fits all. */
  @ValidateNested()
  @IsObject({ message: 'must be an object with queue, event, reason or order_id' })
  @Type(() => DeadLetterFilterDto)
  filter!: DeadLetterFilterDto;
}

export class FilteredResultDto {
  /** Letters that were replayed or discarded. @example 12 */
  done!: number;
  /** Parked ones that fit and are still to be done: call again. @example 0 */
  remaining!: number;
}

export class DeadLetterDto {
  /** @example 7 */
  id!: number;
  /** Where it was to be handled. @example "order_queue" */
  queue!: string;
  /** Its routing key. @example "order.created" */
  event!: string;
  /** A stable code. @example "invalid_json" */
  reason!: string;
  /** @example "Unexpected end of JSON input" */
  error!: string;
  /** How often it was tried. @example 1 */
  attempts!: number;
  state!: 'open' | 'replayed' | 'discarded';
  /** How often it came here. @example 1 */
  times!: number;
  /** @example "2026-01-15T12:00:00.000Z" */
  first_seen!: string;
  /** @example "2026-01-15T12:00:00.000Z" */
  last_seen!: string;
}

export class DeadLetterActionDto {
  action!: 'replayed' | 'discarded';
  /** @example "ana" */
  by!: string;
  /** @example "2026-01-15T12:05:00.000Z" */
  at!: string;
}

export class DeadLetterDetailsDto extends DeadLetterDto {
  /** The publisher's own headers. @example {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"} */
  headers!: Record<string, unknown>;
  /** @example {"contentType": "application/json", "routingKey": "order.created"} */
  properties!: Record<string, unknown>;
  /** Byte for byte. @example "eyJldmVudCI6ICJvcmRlci5jcmVhdGVkIiwg" */
  body_base64!: string;
  /** For reading: its first 10,000 characters as UTF-8. @example "{\"event\": \"order.created\", " */
  body_text!: string;
  actions!: DeadLetterActionDto[];
}

export class DeadLetterPageDto {
  data!: DeadLetterDto[];
  /** @example false */
  has_more!: boolean;
  /** The next page's `cursor`; null on the last page. @example "Nw" */
  next_cursor!: string | null;
}

export function toDeadLetterDto(letter: DeadLetter): DeadLetterDto {
  const { id, queue, event, reason, error, attempts, state, times } = letter;
  const [first_seen, last_seen] = [letter.first_seen.toISOString(), letter.last_seen.toISOString()];
  return { id, queue, event, reason, error, attempts, state, times, first_seen, last_seen };
}

export function toDeadLetterDetailsDto(
  letter: DeadLetter & { actions: DeadLetterAction[] },
): DeadLetterDetailsDto {
  const { headers, properties, body, actions } = letter;
  return {
    ...toDeadLetterDto(letter),
    headers,
    properties: { ...properties },
    body_base64: body.toString('base64'),
    body_text: body.subarray(0, 40_000).toString().slice(0, 10_000),
    actions: actions.map(({ action, actor: by, at }) => ({ action, by, at: at.toISOString() })),
  };
}
