import {
  DEAD_LETTER_STATES,
  type DeadLetter,
  type DeadLetterAction,
  type DeadLetterDetails,
  type DeadLetterGroup,
  type DeadLetterState,
} from '@estoque/messaging';
import { ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { IsOptionalNotNull, IsSingleLine } from '../http/fields.decorators.js';
import { PageDto, PageQuery } from '../http/page.dto.js';
import { OptionalBody } from '../http/validation.pipe.js';

export class ActorDto {
  /** Name of the operator, recorded with the action. @example "ana" */
  @IsSingleLine(100)
  by!: string;
}

export class ReasonedActionDto extends ActorDto {
  /** Why, recorded with the action. @example "the shop has fixed its messages" */
  @IsOptionalNotNull()
  @IsSingleLine(500)
  reason?: string;
}

export class DeadLetterFieldsDto {
  /** @example "order_queue" */
  @IsOptionalNotNull()
  @IsSingleLine(255)
  queue?: string;

  /** @example "order.created" */
  @IsOptionalNotNull()
  @IsSingleLine(255)
  event?: string;

  /** @example "bug" */
  @IsOptionalNotNull()
  @IsSingleLine(100)
  reason?: string;

  /** `key` of a group of dead letters. @example "9e107d9d372bb6826bd81d3542a419d6" */
  @IsOptionalNotNull()
  @Matches(/^[0-9a-f]{32}$/, { message: 'must be the key of a group' })
  group?: string;

  /** Order that the message is about. @example 123 */
  @IsOptionalNotNull()
  @Max(Number.MAX_SAFE_INTEGER)
  @Min(1)
  @IsInt()
  order_id?: number;
}

export class DeadLetterGroupQuery extends DeadLetterFieldsDto {
  /** Order that the message is about. @example 123 */
  @IsOptionalNotNull()
  @Type(() => Number)
  @Max(Number.MAX_SAFE_INTEGER)
  @Min(1)
  @IsInt()
  override order_id?: number;
}

const MAX_SEARCHED_TEXT = 200;

export class DeadLetterCountQuery extends DeadLetterGroupQuery {
  /** Text in the body, the headers, the properties or the error; the case of letters is ignored. @example "sku-42" */
  @IsOptionalNotNull()
  @IsSingleLine(MAX_SEARCHED_TEXT)
  text?: string;
}

export class DeadLetterQuery extends IntersectionType(PageQuery, DeadLetterCountQuery) {
  @IsOptionalNotNull()
  @IsIn(DEAD_LETTER_STATES)
  state?: DeadLetterState;

  /**
   * Text in the body, the headers, the properties or the error; the case of letters is ignored. One request searches at
   * most 2,000 dead letters and 16 MiB. If `has_more` is true, the next page continues the search, also after a page
   * without entries. @example "sku-42"
   */
  @IsOptionalNotNull()
  @IsSingleLine(MAX_SEARCHED_TEXT)
  override text?: string;
}

export class DeadLetterCountDto {
  /** Number of open dead letters. @example 12 */
  count!: number;
}

const MAX_EDITED_CHARACTERS = 90_000;

export class EditedBodyDto {
  /** The new body of the message: JSON text. @example "{\"event\": \"order.created\", \"order_id\": 123, \"items\": [{\"product_id\": 10, \"quantity\": 2}]}" */
  @MaxLength(MAX_EDITED_CHARACTERS)
  @MinLength(1)
  @IsString()
  body!: string;
}

@OptionalBody
export class DryRunRequestDto {
  /** Body to run instead of that of the dead letter: JSON text. @example "{\"event\": \"order.created\", \"order_id\": 123, \"items\": [{\"product_id\": 10, \"quantity\": 2}]}" */
  @IsOptionalNotNull()
  @MaxLength(MAX_EDITED_CHARACTERS)
  @MinLength(1)
  @IsString()
  body?: string;
}

export class EditAndReplayDto extends IntersectionType(ActorDto, EditedBodyDto) {
  /** Why the message is edited. @example "The shop sent the quantity as text." */
  @IsSingleLine(500)
  reason!: string;
}

export class ContractViolationDto {
  /** JSON pointer to the invalid field of the message; empty for the whole message. @example "/items/0/quantity" */
  pointer!: string;
  /** @example "Invalid input: expected number, received string" */
  message!: string;
}

export class CheckedBodyDto {
  /** Whether the body satisfies the contract of its event. @example false */
  is_valid!: boolean;
  /** Empty if the body is valid. */
  violations!: ContractViolationDto[];
}

export class DeadLetterGroupDto {
  /** Identifies the group: the value of the filter `group`. @example "9e107d9d372bb6826bd81d3542a419d6" */
  key!: string;
  /** @example "order_queue" */
  queue!: string;
  /** @example "order.created" */
  event!: string;
  /** @example "order_mismatch" */
  reason!: string;
  /** Error with `#` for numbers, UUIDs and quoted texts. @example "The items in the message differ from those of order #." */
  error_pattern!: string;
  /** Number of open dead letters. @example 12 */
  count!: number;
  /** @example "2026-01-15T12:00:00.000Z" */
  first_seen!: string;
  /** @example "2026-01-15T12:05:00.000Z" */
  last_seen!: string;
  /** Id of the latest dead letter of the group. @example 7 */
  latest_id!: number;
}

export class DeadLetterGroupsDto {
  /** Largest group first, at most 100. */
  data!: DeadLetterGroupDto[];
}

const MAX_SELECTED_IDS = 1_000;

export class DeadLetterFilterDto extends DeadLetterFieldsDto {
  /** Text in the body, the headers, the properties or the error, as in the list. @example "sku-42" */
  @IsOptionalNotNull()
  @IsSingleLine(MAX_SEARCHED_TEXT)
  text?: string;

  /** Ids of dead letters. @example [7, 8] */
  @IsOptionalNotNull()
  @IsInt({ each: true })
  @Min(1, { each: true })
  @Max(Number.MAX_SAFE_INTEGER, { each: true })
  // The Swagger plugin ignores the argument of ArrayMaxSize unless it is a literal.
  @ApiPropertyOptional({ maxItems: MAX_SELECTED_IDS })
  @ArrayUnique()
  @ArrayMaxSize(MAX_SELECTED_IDS)
  @ArrayMinSize(1)
  @IsArray()
  ids?: number[];
}

export class FilteredActionDto extends ReasonedActionDto {
  /** Selects open dead letters that match all given fields; `{}` selects all. */
  @ValidateNested()
  @IsObject({ message: 'must be an object with queue, event, reason, group, order_id, text or ids' })
  @Type(() => DeadLetterFilterDto)
  filter!: DeadLetterFilterDto;
}

export class BodyQuery {
  /** Number of bytes to skip. @example 0 */
  @ApiPropertyOptional({ type: 'integer', default: 0, minimum: 0, maximum: 1024 ** 3 })
  @IsOptionalNotNull()
  @Type(() => Number)
  @Max(1024 ** 3)
  @Min(0)
  @IsInt()
  offset: number = 0;
}

/** A dead letter without what the message contained, for callers who may not read dead letters. */
class DeadLetterStateDto {
  /** @example 7 */
  id!: number;
  /** Queue of the message. @example "order_queue" */
  queue!: string;
  /** Routing key of the message. @example "order.created" */
  event!: string;
  /** Stable code of the reason. @example "invalid_json" */
  reason!: string;
  /** Number of attempts to handle the message. @example 1 */
  attempts!: number;
  // Response fields are not validated: @IsIn only gives the Swagger plugin the enum, in this order.
  @IsIn(DEAD_LETTER_STATES)
  state!: DeadLetterState;
  /** How often the message was dead-lettered. @example 1 */
  dead_letter_count!: number;
  /** @example "2026-01-15T12:00:00.000Z" */
  first_seen!: string;
  /** @example "2026-01-15T12:00:00.000Z" */
  last_seen!: string;
}

export class DeadLetterDto extends DeadLetterStateDto {
  /** Error message of the last attempt; it can quote the message. @example "Unexpected end of JSON input" */
  error!: string;
}

const ACTIONS = ['replayed', 'discarded'] as const satisfies readonly DeadLetterAction['action'][];

export class DeadLetterActionDto {
  @IsIn(ACTIONS)
  action!: (typeof ACTIONS)[number];
  /** Name of the operator. @example "ana" */
  by!: string;
  /** @example "2026-01-15T12:05:00.000Z" */
  at!: string;
}

export class RecordedActionDto extends DeadLetterActionDto {
  /** The reason that the operator gave, or null. @example "the shop has fixed its messages" */
  reason!: string | null;
}

export class ClosedDeadLetterDto extends DeadLetterStateDto {
  /** The latest 100 actions, oldest first. */
  actions!: DeadLetterActionDto[];
  /** Ids of the latest 100 dead letters that store the messages which were published instead of this one. @example [9] */
  edited_copies!: number[];
}

export class EditDto {
  /** Id of the dead letter that stores the edited message. @example 9 */
  id!: number;
  /** Why the message was edited, or null if it was erased. @example "The shop sent the quantity as text." */
  reason!: string | null;
  /** @example "2026-01-15T12:05:00.000Z" */
  at!: string;
}

export class DeadLetterDetailsDto extends DeadLetterDto {
  /** Where the error of the last attempt was thrown: the first lines of the stack. Null if it is not known. @example "at OrderConsumer.onOrderCreated (apps/order-worker/src/order.consumer.ts:24:13)" */
  stack!: string | null;
  /** Headers that the publisher set. @example {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"} */
  headers!: Record<string, unknown>;
  /** AMQP properties and the routing key of the message. @example {"contentType": "application/json", "routingKey": "order.created"} */
  properties!: Record<string, unknown>;
  /** Size of the whole body, in bytes. @example 24 */
  body_bytes!: number;
  /** Whether `body_base64` is only the beginning of the body; `/body` returns all of it. @example false */
  body_truncated!: boolean;
  /** First 65,536 bytes of the unmodified body, base64-encoded. @example "eyJldmVudCI6ICJvcmRlci5jcmVhdGVkIiwg" */
  body_base64!: string;
  /** First 10,000 characters of the body, decoded as UTF-8. @example "{\"event\": \"order.created\", " */
  body_text!: string;
  /** The dead letter that this message was published instead of, or null. @example 5 */
  edited_from!: number | null;
  /** Why the message was edited, or null. @example "The shop sent the quantity as text." */
  edit_reason!: string | null;
  /** The latest 100 messages that were published instead of this one, oldest first. */
  edits!: EditDto[];
  /** The latest 100 actions, oldest first. */
  actions!: RecordedActionDto[];
}

export class DeadLetterPageDto extends PageDto {
  data!: DeadLetterDto[];
}

function toDeadLetterStateDto(deadLetter: DeadLetter): DeadLetterStateDto {
  const { id, queue, event, reason, attempts, state, dead_letter_count, first_seen, last_seen } = deadLetter;
  return {
    id,
    queue,
    event,
    reason,
    attempts,
    state,
    dead_letter_count,
    first_seen: first_seen.toISOString(),
    last_seen: last_seen.toISOString(),
  };
}

export const toDeadLetterDto = (deadLetter: DeadLetter): DeadLetterDto => ({
  ...toDeadLetterStateDto(deadLetter),
  error: deadLetter.error,
});

const toActionDto = ({ action, actor: by, at }: DeadLetterAction): DeadLetterActionDto => ({
  action,
  by,
  at: at.toISOString(),
});

export const toClosedDeadLetterDto = (deadLetter: DeadLetterDetails): ClosedDeadLetterDto => ({
  ...toDeadLetterStateDto(deadLetter),
  actions: deadLetter.actions.map(toActionDto),
  edited_copies: deadLetter.edits.map(({ id }) => id),
});

export const toDeadLetterGroupDto = (group: DeadLetterGroup): DeadLetterGroupDto => ({
  ...group,
  first_seen: group.first_seen.toISOString(),
  last_seen: group.last_seen.toISOString(),
});

const MAX_TEXT_CHARACTERS = 10_000;
/** A character has at most 4 bytes in UTF-8. */
const MAX_TEXT_BYTES = 4 * MAX_TEXT_CHARACTERS;

export function toDeadLetterDetailsDto(deadLetter: DeadLetterDetails): DeadLetterDetailsDto {
  const { stack, headers, properties, body, body_bytes, actions, edited_from, edit_reason, edits } =
    deadLetter;
  return {
    ...toDeadLetterDto(deadLetter),
    stack,
    headers,
    properties: { ...properties },
    body_bytes,
    body_truncated: body.length < body_bytes,
    body_base64: body.toString('base64'),
    body_text: body.subarray(0, MAX_TEXT_BYTES).toString().slice(0, MAX_TEXT_CHARACTERS),
    edited_from,
    edit_reason,
    edits: edits.map(({ id, reason, first_seen }) => ({ id, reason, at: first_seen.toISOString() })),
    actions: actions.map((action) => ({ ...toActionDto(action), reason: action.reason })),
  };
}

export const toDeadLetterFilter = <Filter extends DeadLetterFieldsDto>({ order_id, ...filter }: Filter) => ({
  ...filter,
  subject: order_id === undefined ? undefined : { order_id },
});
