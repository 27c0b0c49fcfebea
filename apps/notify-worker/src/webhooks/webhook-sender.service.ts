import { UnitOfWork, type DueDelivery, type WebhookEndpoint } from '@estoque/domain';
import {
  ENVIRONMENT,
  LOGGER,
  Metrics,
  PeriodicTask,
  sampled,
  type Environment,
  type Logger,
} from '@estoque/platform';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { WebhookDeliveries } from './webhook-delivery.js';

/** Requests to one endpoint at the same time, of one process. With the maximum of endpoints, this bounds the memory. */
const CONCURRENCY = 4;
const MAX_INTERVAL_MS = 1_000;
/** The metrics count no more waiting events of an endpoint. */
const MAX_COUNTED = 10_000;

/**
 * Sends the recorded events to the endpoints. Each endpoint has its own sequence of requests, so that a slow one delays no
 * other. While an endpoint is failing, one request is sent to it in each interval.
 */
@Injectable()
export class WebhookSenderService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly task: PeriodicTask;
  private readonly deliveries: WebhookDeliveries;
  /** By endpoint: the requests that are being sent. */
  private readonly running = new Map<number, Promise<void>>();

  constructor(
    private readonly unitOfWork: UnitOfWork,
    @Inject(ENVIRONMENT) environment: Environment,
    @Inject(LOGGER) private readonly logger: Logger,
    metrics: Metrics,
  ) {
    this.deliveries = new WebhookDeliveries(unitOfWork, environment, logger, metrics);
    const intervalMs = Math.min(environment.POLL_INTERVAL_MS, MAX_INTERVAL_MS);
    this.task = new PeriodicTask('sending webhooks', intervalMs, () => this.sendToEach(), logger);
    const waiting = sampled(() => unitOfWork.read.webhookDeliveries.waiting(MAX_COUNTED));
    metrics.gauge(
      'estoque_webhooks_waiting',
      'Events that wait to be sent to enabled webhook endpoints, up to 10,000 for each',
      async () => (await waiting()).count,
    );
    metrics.gauge(
      'estoque_webhooks_oldest_seconds',
      'Age of the oldest event that waits to be sent to an enabled webhook endpoint',
      async () => (await waiting()).oldestSeconds,
    );
    metrics.gauge(
      'estoque_webhook_endpoints_disabled',
      'Webhook endpoints that the system has disabled, and that were neither enabled nor deleted since',
      sampled(() => unitOfWork.read.webhookEndpoints.countDisabled()),
    );
  }

  onApplicationBootstrap() {
    this.task.start();
  }

  /** Waits for the requests in flight. */
  async onModuleDestroy() {
    await this.task.stop();
    await Promise.all(this.running.values());
  }

  private async sendToEach() {
    for (const endpoint of await this.unitOfWork.read.webhookEndpoints.enabled()) {
      if (this.running.has(endpoint.id)) continue;
      const sending = this.sendTo(endpoint)
        .catch((error: Error) =>
          this.logger.warn(
            { webhook_endpoint_id: endpoint.id, reason: error.message },
            'sending webhooks: waiting for the next poll',
          ),
        )
        .finally(() => this.running.delete(endpoint.id));
      this.running.set(endpoint.id, sending);
    }
  }

  /** Sends what is due, until nothing is, or no request of a batch succeeds. */
  private async sendTo(endpoint: WebhookEndpoint) {
    let mayHaveMore = true;
    let current: WebhookEndpoint | undefined = endpoint;
    while (mayHaveMore && current && !this.task.isStopping) {
      const limit: number = current.failing_since === null ? CONCURRENCY : 1;
      const batch = await this.claim(current.id, limit);
      if (batch.length === 0) return;
      // Also after a batch that is not full: the next events of its orders are due then.
      mayHaveMore = await this.sendBatch(batch, current);
      // It may have been changed, disabled or deleted meanwhile.
      current = (await this.unitOfWork.read.webhookEndpoints.enabled()).find(({ id }) => id === endpoint.id);
    }
  }

  private claim(endpointId: number, limit: number): Promise<DueDelivery[]> {
    return this.unitOfWork.inTransaction(({ webhookDeliveries }) =>
      webhookDeliveries.claimDue(endpointId, limit),
    );
  }

  /** @returns whether the endpoint accepted one of the events at least */
  private async sendBatch(batch: DueDelivery[], endpoint: WebhookEndpoint): Promise<boolean> {
    const secrets = await this.unitOfWork.read.webhookEndpoints.validSecrets(endpoint.id);
    const results = await Promise.allSettled(
      batch.map((delivery) => this.deliveries.deliver(delivery, endpoint, secrets)),
    );
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
    return results.some((result) => result.status === 'fulfilled' && result.value);
  }
}
