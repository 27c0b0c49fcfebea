import {
  addressCheckOf,
  UnitOfWork,
  type Actor,
  type Answer,
  type AuditAction,
  type KeyedRequest,
  type WebhookEndpoint,
} from '@estoque/domain';
import { ENVIRONMENT, type Environment } from '@estoque/platform';
import { Inject, Injectable } from '@nestjs/common';
import { pageStart, toPage, type PageQuery } from '../http/page.dto.js';
import { answerOnce } from '../idempotency/answer-once.js';
import { generateWebhookSecret } from './webhook-secret.js';
import { checkedWebhookUrl } from './webhook-url.js';
import {
  toWebhookDeliveryDetailsDto,
  toWebhookDeliveryDto,
  toWebhookEndpointDto,
  type ChangeWebhookEndpointDto,
  type CreateWebhookEndpointDto,
  type ReplayedWebhooksDto,
  type ReplayWebhooksDto,
  type RotateWebhookSecretDto,
  type WebhookDeliveryDetailsDto,
  type WebhookDeliveryPageDto,
  type WebhookDeliveryQuery,
  type WebhookEndpointDto,
  type WebhookEndpointPageDto,
  type WebhookEndpointWithSecretDto,
} from './webhooks.dto.js';

const MAX_LOG_ENTRIES = 100;
const DEFAULT_VALID_HOURS = 24;

/** Manages webhook endpoints. notify-worker sends the events. */
@Injectable()
export class WebhooksService {
  private readonly checkUrl: (url: string) => string;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    @Inject(ENVIRONMENT) { WEBHOOK_ALLOWED_NETWORKS }: Environment,
  ) {
    const isAllowed = addressCheckOf(WEBHOOK_ALLOWED_NETWORKS);
    const mayUseHttp = WEBHOOK_ALLOWED_NETWORKS.length > 0;
    this.checkUrl = (url) => checkedWebhookUrl(url, isAllowed, mayUseHttp);
  }

  /** @throws AppError `validation_failed`, TooManyWebhookEndpoints */
  create({ url, events }: CreateWebhookEndpointDto, actor: Actor): Promise<WebhookEndpointWithSecretDto> {
    const checkedUrl = this.checkUrl(url);
    const secret = generateWebhookSecret();
    return this.unitOfWork.inTransaction(async ({ webhookEndpoints, auditLog }) => {
      const endpoint = await webhookEndpoints.create(checkedUrl, events, secret);
      await auditLog.record(actor, {
        action: 'webhook_endpoint.created',
        objectId: endpoint.id,
        after: recorded(endpoint),
      });
      return { ...toWebhookEndpointDto(endpoint), secret };
    });
  }

  async list(query: PageQuery): Promise<WebhookEndpointPageDto> {
    const rows = await this.unitOfWork.read.webhookEndpoints.list(pageStart(query));
    return toPage(rows, query.limit, toWebhookEndpointDto);
  }

  /** @throws WebhookEndpointNotFound */
  async get(id: number): Promise<WebhookEndpointDto> {
    return toWebhookEndpointDto(await this.unitOfWork.read.webhookEndpoints.get(id));
  }

  /** @throws WebhookEndpointNotFound, AppError `validation_failed` */
  change(id: number, { url, events }: ChangeWebhookEndpointDto, actor: Actor): Promise<WebhookEndpointDto> {
    const checkedUrl = url === undefined ? undefined : this.checkUrl(url);
    return this.unitOfWork.inTransaction(async ({ webhookEndpoints, auditLog }) => {
      const before = await webhookEndpoints.lockForUpdate(id);
      const after = await webhookEndpoints.change(id, { url: checkedUrl, events });
      await auditLog.record(actor, {
        action: 'webhook_endpoint.changed',
        objectId: id,
        before: recorded(before),
        after: recorded(after),
      });
      return toWebhookEndpointDto(after);
    });
  }

  /** @throws WebhookEndpointNotFound, IdempotencyKeyReused, IdempotencyInProgress */
  enable(id: number, actor: Actor, keyed?: KeyedRequest): Promise<Answer<WebhookEndpointDto>> {
    return this.setState(id, 'enabled', actor, keyed);
  }

  /** @throws WebhookEndpointNotFound, IdempotencyKeyReused, IdempotencyInProgress */
  disable(id: number, actor: Actor, keyed?: KeyedRequest): Promise<Answer<WebhookEndpointDto>> {
    return this.setState(id, 'disabled', actor, keyed);
  }

  /** @throws WebhookEndpointNotFound */
  delete(id: number, actor: Actor): Promise<void> {
    return this.unitOfWork.inTransaction(async ({ webhookEndpoints, auditLog }) => {
      const before = await webhookEndpoints.lockForUpdate(id);
      await webhookEndpoints.delete(id);
      await auditLog.record(actor, {
        action: 'webhook_endpoint.deleted',
        objectId: id,
        before: recorded(before),
      });
    });
  }

  /** @throws WebhookEndpointNotFound */
  rotateSecret(
    id: number,
    { previous_valid_hours = DEFAULT_VALID_HOURS }: RotateWebhookSecretDto,
    actor: Actor,
  ): Promise<WebhookEndpointWithSecretDto> {
    const secret = generateWebhookSecret();
    return this.unitOfWork.inTransaction(async ({ webhookEndpoints, auditLog }) => {
      const endpoint = await webhookEndpoints.lockForUpdate(id);
      await webhookEndpoints.rotateSecret(id, secret, previous_valid_hours);
      await auditLog.record(actor, {
        action: 'webhook_endpoint.secret_rotated',
        objectId: id,
        after: { previous_valid_hours },
      });
      return { ...toWebhookEndpointDto(endpoint), secret };
    });
  }

  /** @throws WebhookEndpointNotFound */
  async deliveries(
    id: number,
    { state, order_id, ...page }: WebhookDeliveryQuery,
  ): Promise<WebhookDeliveryPageDto> {
    const { webhookEndpoints, webhookDeliveries } = this.unitOfWork.read;
    await webhookEndpoints.get(id);
    const rows = await webhookDeliveries.list(id, { state, orderId: order_id, ...pageStart(page) });
    return toPage(rows, page.limit, toWebhookDeliveryDto);
  }

  /** @throws WebhookDeliveryNotFound */
  async delivery(id: number, deliveryId: number): Promise<WebhookDeliveryDetailsDto> {
    const { webhookDeliveries } = this.unitOfWork.read;
    const delivery = await webhookDeliveries.get(id, deliveryId);
    return toWebhookDeliveryDetailsDto(
      delivery,
      await webhookDeliveries.attempts(deliveryId, MAX_LOG_ENTRIES),
    );
  }

  /** @throws WebhookEndpointNotFound, WebhookDeliveryNotFound, IdempotencyKeyReused, IdempotencyInProgress */
  replay(
    id: number,
    deliveryId: number,
    actor: Actor,
    keyed?: KeyedRequest,
  ): Promise<Answer<ReplayedWebhooksDto>> {
    return answerOnce(this.unitOfWork, keyed, async ({ webhookEndpoints, webhookDeliveries, auditLog }) => {
      await webhookEndpoints.lockForUpdate(id);
      const count = await webhookDeliveries.replay(id, deliveryId);
      await auditLog.record(actor, {
        action: 'webhook_endpoint.replayed',
        objectId: id,
        after: { delivery_id: deliveryId, count },
      });
      return { body: { count } };
    });
  }

  /** @throws WebhookEndpointNotFound, WebhookReplayTooLarge, IdempotencyKeyReused, IdempotencyInProgress */
  replayRange(
    id: number,
    { from, to }: ReplayWebhooksDto,
    actor: Actor,
    keyed?: KeyedRequest,
  ): Promise<Answer<ReplayedWebhooksDto>> {
    return answerOnce(this.unitOfWork, keyed, async ({ webhookEndpoints, webhookDeliveries, auditLog }) => {
      await webhookEndpoints.lockForUpdate(id);
      const count = await webhookDeliveries.replayRange(id, new Date(from), new Date(to));
      await auditLog.record(actor, {
        action: 'webhook_endpoint.replayed',
        objectId: id,
        after: { from, to, count },
      });
      return { body: { count } };
    });
  }

  /** An endpoint that has this state already stays unchanged. */
  private setState(
    id: number,
    state: WebhookEndpoint['state'],
    actor: Actor,
    keyed?: KeyedRequest,
  ): Promise<Answer<WebhookEndpointDto>> {
    return answerOnce(this.unitOfWork, keyed, async ({ webhookEndpoints, webhookDeliveries, auditLog }) => {
      const before = await webhookEndpoints.lockForUpdate(id);
      if (before.state === state) return { body: toWebhookEndpointDto(before) };
      const after =
        state === 'enabled' ? await webhookEndpoints.enable(id) : await webhookEndpoints.disable(id);
      if (state === 'enabled') await webhookDeliveries.retrySoon(id);
      await auditLog.record(actor, {
        action: `webhook_endpoint.${state}` satisfies AuditAction,
        objectId: id,
        before: { state: before.state, disabled_reason: before.disabled_reason },
        after: { state: after.state, disabled_reason: after.disabled_reason },
      });
      return { body: toWebhookEndpointDto(after) };
    });
  }
}

/** What the audit log records. The path and the query of a URL can contain a token. */
const recorded = ({ url, events }: WebhookEndpoint) => ({ origin: new URL(url).origin, events });
