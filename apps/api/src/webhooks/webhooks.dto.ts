import {
  catalogue,
  WEBHOOK_DELIVERY_STATES,
  WEBHOOK_DISABLED_REASONS,
  WEBHOOK_ENDPOINT_STATES,
  type DueDelivery,
  type EventName,
  type WebhookAttempt,
  type WebhookDelivery,
  type WebhookDeliveryState,
  type WebhookDisabledReason,
  type WebhookEndpoint,
} from '@estoque/domain';
import { ApiProperty, PartialType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsIn, IsInt, Max, Min } from 'class-validator';
import { IsDateTime, IsOptionalNotNull, IsSingleLine } from '../http/fields.decorators.js';
import { PageDto, PageQuery } from '../http/page.dto.js';

const EVENT_NAMES = Object.keys(catalogue) as [EventName, ...EventName[]];
const MAX_URL_LENGTH = 2_000;
const MAX_VALID_HOURS = 168;

export class CreateWebhookEndpointDto {
  /** Address of the receiver. It must start with `https://`. @example "https://shop.example/hooks/estoque" */
  @IsSingleLine(MAX_URL_LENGTH)
  url!: string;

  /** Events that are sent. */
  @ApiProperty({
    enum: EVENT_NAMES,
    isArray: true,
    minItems: 1,
    maxItems: EVENT_NAMES.length,
    example: ['order.processed'],
  })
  @ArrayUnique()
  @ArrayMaxSize(EVENT_NAMES.length)
  @ArrayMinSize(1)
  @IsIn(EVENT_NAMES, { each: true })
  @IsArray()
  events!: EventName[];
}

export class ChangeWebhookEndpointDto extends PartialType(CreateWebhookEndpointDto, {
  skipNullProperties: false,
}) {}

export class RotateWebhookSecretDto {
  /** Time for which the previous secret signs too. Default: 24. With 0 it is invalid at once. @example 24 */
  @IsOptionalNotNull()
  @Max(MAX_VALID_HOURS)
  @Min(0)
  @IsInt()
  previous_valid_hours?: number;
}

export class ReplayWebhooksDto {
  /** Events recorded at or after this time. @example "2026-01-15T00:00:00Z" */
  @IsDateTime()
  from!: string;

  /** Events recorded before this time. @example "2026-01-16T00:00:00Z" */
  @IsDateTime()
  to!: string;
}

export class WebhookDeliveryQuery extends PageQuery {
  @IsOptionalNotNull()
  @IsIn(WEBHOOK_DELIVERY_STATES)
  state?: WebhookDeliveryState;

  /** Only events of this order. @example 123 */
  @IsOptionalNotNull()
  @Type(() => Number)
  @Max(Number.MAX_SAFE_INTEGER)
  @Min(1)
  @IsInt()
  order_id?: number;
}

export class WebhookEndpointDto {
  /** @example 3 */
  id!: number;
  /** @example "https://shop.example/hooks/estoque" */
  url!: string;
  @ApiProperty({ enum: EVENT_NAMES, isArray: true, example: ['order.processed'] })
  events!: EventName[];
  // Response fields are not validated: @IsIn only gives the Swagger plugin the enum, in this order.
  @IsIn(WEBHOOK_ENDPOINT_STATES)
  state!: WebhookEndpoint['state'];
  /**
   * Why the endpoint is disabled, or null. `request`: by a caller. `failing`: it accepted no event for a long time.
   * `gone`: it answered 410.
   */
  @ApiProperty({ enum: WEBHOOK_DISABLED_REASONS, nullable: true, example: null })
  disabled_reason!: WebhookDisabledReason | null;
  /** @example "2026-01-18T12:00:00.000Z" */
  disabled_at!: string | null;
  /** Time of the first failure since the last success, or null. @example "2026-01-15T12:00:00.000Z" */
  failing_since!: string | null;
  /** @example "2026-01-15T12:00:00.000Z" */
  created_at!: string;
}

export class WebhookEndpointWithSecretDto extends WebhookEndpointDto {
  /** The secret that signs. It is shown only in this response. @example "whsec_..." */
  secret!: string;
}

export class WebhookEndpointPageDto extends PageDto {
  data!: WebhookEndpointDto[];
}

export class WebhookDeliveryDto {
  /** @example 812 */
  id!: number;
  /** Header `webhook-id` of the requests. @example "018f9c2e-6b1a-7c3d-9e4f-5a6b7c8d9e0f" */
  event_id!: string;
  /** @example "order.processed" */
  event!: string;
  /** @example 123 */
  order_id!: number | null;
  /** `failed`: it was not accepted for three days. */
  @IsIn(WEBHOOK_DELIVERY_STATES)
  state!: WebhookDeliveryState;
  /** @example 1 */
  attempts!: number;
  /** Earliest time of the next attempt, or null if there is none. @example "2026-01-15T12:00:05.000Z" */
  next_attempt_at!: string | null;
  /** @example "2026-01-15T12:00:00.000Z" */
  created_at!: string;
  /** @example "2026-01-15T12:00:00.120Z" */
  ended_at!: string | null;
}

export class WebhookDeliveryPageDto extends PageDto {
  data!: WebhookDeliveryDto[];
}

export class WebhookAttemptDto {
  /** @example "2026-01-15T12:00:00.000Z" */
  at!: string;
  /** @example 120 */
  duration_ms!: number;
  /** @example "https://shop.example/hooks/estoque" */
  url!: string;
  /** HTTP status of the answer, or null if there was none. @example 204 */
  status!: number | null;
  /** The first 1,024 bytes of the body of the answer, or null. @example "" */
  answer!: string | null;
  /** Why the attempt failed, or null. @example "HTTP 500" */
  error!: string | null;
}

export class WebhookDeliveryDetailsDto extends WebhookDeliveryDto {
  /** Body of the requests. @example "{\"event\":\"order.processed\",\"order_id\":123}" */
  body!: string;
  /** The last 100 attempts, newest first. */
  log!: WebhookAttemptDto[];
}

export class ReplayedWebhooksDto {
  /** Number of events that will be sent. @example 12 */
  count!: number;
}

export const toWebhookEndpointDto = (endpoint: WebhookEndpoint): WebhookEndpointDto => ({
  id: endpoint.id,
  url: endpoint.url,
  events: endpoint.events as EventName[],
  state: endpoint.state,
  disabled_reason: endpoint.disabled_reason,
  disabled_at: endpoint.disabled_at?.toISOString() ?? null,
  failing_since: endpoint.failing_since?.toISOString() ?? null,
  created_at: endpoint.created_at.toISOString(),
});

export const toWebhookDeliveryDto = (delivery: WebhookDelivery): WebhookDeliveryDto => ({
  id: delivery.id,
  event_id: delivery.event_id,
  event: delivery.event,
  order_id: delivery.order_id,
  state: delivery.state,
  attempts: delivery.attempts,
  next_attempt_at: delivery.state === 'pending' ? delivery.due_at.toISOString() : null,
  created_at: delivery.created_at.toISOString(),
  ended_at: delivery.ended_at?.toISOString() ?? null,
});

export const toWebhookDeliveryDetailsDto = (
  delivery: DueDelivery,
  attempts: WebhookAttempt[],
): WebhookDeliveryDetailsDto => ({
  ...toWebhookDeliveryDto(delivery),
  body: delivery.body,
  log: attempts.map(({ at, ...attempt }) => ({ at: at.toISOString(), ...attempt })),
});
