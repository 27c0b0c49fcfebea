import {
  addressCheckOf,
  type DueDelivery,
  type UnitOfWork,
  type WebhookAttempt,
  type WebhookDisabledReason,
  type WebhookEndpoint,
} from '@estoque/domain';
import {
  contextFromTraceparent,
  failSpan,
  inSpan,
  type Environment,
  type Logger,
  type Metrics,
  type SpanStart,
} from '@estoque/platform';
import { SpanKind, type Span } from '@opentelemetry/api';
import { Webhook } from 'standardwebhooks';
import type { Counter, Histogram } from 'prom-client';
import { sendWebhook, type WebhookAnswer } from './webhook-request.js';

const MIN_BACKOFF_SECONDS = 5;
const MAX_BACKOFF_SECONDS = 3_600;
const MAX_ERROR_CHARACTERS = 500;
const OUTCOMES = ['delivered', 'deferred', 'failed'] as const;
const GONE = 410;

/**
 * Exponential backoff after a failed attempt: 5 s, then twice as long each time, at most 1 hour, extended by up to 20 %.
 * The receiver can ask for a longer time, up to the maximum.
 */
export function backoffSeconds(attempts: number, retryAfterSeconds = 0): number {
  const seconds = Math.min(MIN_BACKOFF_SECONDS * 2 ** Math.min(attempts, 20), MAX_BACKOFF_SECONDS);
  return Math.max(seconds, Math.min(retryAfterSeconds, MAX_BACKOFF_SECONDS)) * (1 + Math.random() * 0.2);
}

/** Sends single events to endpoints, and records the outcome of each attempt. */
export class WebhookDeliveries {
  private readonly isAllowed: (address: string) => boolean;
  private readonly timeoutMs: number;
  private readonly maxFailingHours: number;
  private readonly counter: Counter<'outcome'>;
  private readonly duration: Histogram<'outcome'>;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    environment: Environment,
    private readonly logger: Logger,
    metrics: Metrics,
  ) {
    this.isAllowed = addressCheckOf(environment.WEBHOOK_ALLOWED_NETWORKS);
    this.timeoutMs = environment.WEBHOOK_TIMEOUT_MS;
    this.maxFailingHours = environment.WEBHOOK_DISABLE_AFTER_HOURS;
    this.counter = metrics.counter(
      'estoque_webhook_deliveries_total',
      'Attempts to send an event to a webhook endpoint, by outcome: delivered, deferred (another attempt follows), failed (none follows)',
      { outcome: OUTCOMES },
    );
    this.duration = metrics.histogram(
      'estoque_webhook_duration_seconds',
      'Duration of requests to webhook endpoints, by outcome',
      { outcome: OUTCOMES },
    );
  }

  /**
   * Sends an event and records the outcome. If the outcome cannot be recorded, the event is sent again with the same id.
   *
   * @returns whether the endpoint accepted it
   */
  deliver(delivery: DueDelivery, endpoint: WebhookEndpoint, secrets: string[]): Promise<boolean> {
    return inSpan(
      () => deliverySpan(delivery),
      (span) => this.sendAndRecord(delivery, endpoint, secrets, span),
    );
  }

  private async sendAndRecord(
    delivery: DueDelivery,
    endpoint: WebhookEndpoint,
    secrets: string[],
    span: Span | undefined,
  ): Promise<boolean> {
    const at = new Date();
    const begin = performance.now();
    const { answer, error } = await this.send(delivery, endpoint, secrets, at);
    const seconds = (performance.now() - begin) / 1_000;
    const isDelivered = answer !== undefined && answer.status >= 200 && answer.status < 300;
    const attempt: WebhookAttempt = {
      at,
      duration_ms: Math.round(seconds * 1_000),
      url: endpoint.url,
      status: answer?.status ?? null,
      answer: answer?.body ?? null,
      error: isDelivered ? null : (error ?? refusalOf(answer!.status)),
    };
    if (answer) span?.setAttribute('http.response.status_code', answer.status);
    if (!isDelivered) failSpan(span, answer ? String(answer.status) : 'no_answer');
    const outcome = isDelivered
      ? await this.recordDelivered(delivery, attempt)
      : await this.recordFailure(delivery, attempt, answer);
    this.counter.labels(outcome).inc();
    this.duration.labels(outcome).observe(seconds);
    this.logger.info({ ...logFields(delivery), outcome, status: attempt.status }, 'webhook sent');
    return isDelivered;
  }

  private async send(
    { event_id, body }: DueDelivery,
    { url }: WebhookEndpoint,
    secrets: string[],
    at: Date,
  ): Promise<{ answer?: WebhookAnswer; error?: string }> {
    const signature = secrets.map((secret) => new Webhook(secret).sign(event_id, at, body)).join(' ');
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'estoque-webhooks/1',
      'webhook-id': event_id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
      'webhook-signature': signature,
    };
    try {
      const { isAllowed, timeoutMs } = this;
      return { answer: await sendWebhook({ url, headers, body }, { isAllowed, timeoutMs }) };
    } catch (error) {
      return { error: ((error as Error).message || String(error)).slice(0, MAX_ERROR_CHARACTERS) };
    }
  }

  private recordDelivered({ id, endpoint_id }: DueDelivery, attempt: WebhookAttempt): Promise<'delivered'> {
    return this.unitOfWork.inTransaction(async ({ webhookDeliveries, webhookEndpoints }) => {
      await webhookDeliveries.recordAttempt(id, attempt);
      await webhookDeliveries.markDelivered(id);
      await webhookEndpoints.recordSuccess(endpoint_id);
      return 'delivered' as const;
    });
  }

  private async recordFailure(
    { id, endpoint_id, attempts }: DueDelivery,
    attempt: WebhookAttempt,
    answer: WebhookAnswer | undefined,
  ): Promise<'deferred' | 'failed'> {
    const seconds = backoffSeconds(attempts, answer?.retryAfterSeconds);
    const isGone = answer?.status === GONE;
    const { state, reason } = await this.unitOfWork.inTransaction(
      async ({ webhookDeliveries, webhookEndpoints }) => {
        await webhookDeliveries.recordAttempt(id, attempt);
        return {
          state: await webhookDeliveries.defer(id, seconds),
          reason: await webhookEndpoints.recordFailure(endpoint_id, isGone, this.maxFailingHours),
        };
      },
    );
    if (reason) this.reportDisabled(endpoint_id, reason);
    return state === 'failed' ? 'failed' : 'deferred';
  }

  private reportDisabled(webhook_endpoint_id: number, reason: WebhookDisabledReason) {
    this.logger.error({ webhook_endpoint_id, reason }, 'webhook endpoint disabled');
  }
}

const refusalOf = (status: number) =>
  status >= 300 && status < 400 ? 'the answer is a redirect, which is not followed' : `HTTP ${status}`;

/** Without the address: the URL can contain a token. */
const deliverySpan = ({ id, endpoint_id, event, traceparent }: DueDelivery): SpanStart => ({
  name: `webhook ${event}`,
  kind: SpanKind.CLIENT,
  parent: contextFromTraceparent(traceparent),
  attributes: {
    'http.request.method': 'POST',
    'estoque.webhook_endpoint.id': endpoint_id,
    'estoque.webhook_delivery.id': id,
  },
});

/** Without the URL, which can contain a token. */
const logFields = ({ id, endpoint_id, event, event_id, order_id }: DueDelivery) => ({
  webhook_delivery_id: id,
  webhook_endpoint_id: endpoint_id,
  event,
  event_id,
  ...(order_id !== null && { order_id }),
});
