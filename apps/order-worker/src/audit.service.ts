import { Audits, StockAudit, type Audit } from '@estoque/domain';
import { ENVIRONMENT, LOGGER, Metrics, PeriodicTask, type Environment, type Logger } from '@estoque/platform';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';

const RENEW_LEASE_MS = 10_000;

/**
 * Reconciles the stock ledger periodically and on request, one audit at a time over all processes, and exports the
 * result of the last one.
 */
@Injectable()
export class AuditService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly task: PeriodicTask;
  /** The audit that finished last, in any process. */
  private last?: Audit;

  constructor(
    private readonly audits: Audits,
    private readonly stockAudit: StockAudit,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
    @Inject(LOGGER) private readonly logger: Logger,
    metrics: Metrics,
  ) {
    const { POLL_INTERVAL_MS } = environment;
    this.task = new PeriodicTask('reconciling the stock ledger', POLL_INTERVAL_MS, () => this.poll(), logger);
    metrics.gauge(
      'estoque_audit_products_with_discrepancies',
      'Products with discrepancies in the stock ledger, at the last audit',
      () => this.productsWithDiscrepancies(),
    );
  }

  onApplicationBootstrap() {
    this.task.start();
  }

  async onModuleDestroy() {
    const stopped = this.task.stop();
    await this.stockAudit.cancel();
    await stopped;
  }

  private async poll() {
    await this.audits.requestIfOlderThan(this.environment.AUDIT_INTERVAL_SECONDS);
    const id = await this.audits.claim();
    if (id !== undefined) await this.run(id);
    this.last = await this.audits.lastFinished();
  }

  private async run(id: number) {
    const renewal = setInterval(
      () => void this.audits.renewLease(id).catch(() => undefined),
      RENEW_LEASE_MS,
    ).unref();
    try {
      const result = await this.stockAudit.run();
      await this.audits.succeed(id, result);
      const products = productsOf(result.discrepancies);
      if (products.length > 0)
        this.logger.error({ products: products.slice(0, 20) }, 'the stock ledger does not reconcile');
    } catch (error) {
      await this.audits.fail(id, (error as Error).message);
      throw error;
    } finally {
      clearInterval(renewal);
    }
  }

  /** @throws Error if the last audit failed or is too old; the metric is then not exported */
  private productsWithDiscrepancies(): number {
    const { AUDIT_INTERVAL_SECONDS, AUDIT_TIMEOUT_SECONDS } = this.environment;
    const maxAgeMs = (2 * AUDIT_INTERVAL_SECONDS + AUDIT_TIMEOUT_SECONDS) * 1_000;
    const { discrepancies, finished_at } = this.last ?? {};
    if (!discrepancies || Date.now() - finished_at!.getTime() > maxAgeMs)
      throw new Error('no recent audit has succeeded');
    return productsOf(discrepancies).length;
  }
}

const productsOf = (discrepancies: { product_id: number }[]) => [
  ...new Set(discrepancies.map(({ product_id }) => product_id)),
];
