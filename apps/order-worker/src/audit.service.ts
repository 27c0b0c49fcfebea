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
    metrics.gauge(
      'estoque_audit_payment_discrepancies',
      'Differences between payments and orders, at the last audit',
      () => this.recent().payment_discrepancies?.length ?? 0,
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
      const orders = result.payment_discrepancies.map(({ order_id }) => order_id);
      if (orders.length > 0)
        this.logger.error({ orders: orders.slice(0, 20) }, 'payments differ from orders');
    } catch (error) {
      await this.audits.fail(id, (error as Error).message);
      throw error;
    } finally {
      clearInterval(renewal);
    }
  }

  private productsWithDiscrepancies(): number {
    return productsOf(this.recent().discrepancies!).length;
  }

  /** @throws Error if the last audit failed or is too old; the metrics are then not exported */
  private recent(): Audit {
    const { AUDIT_INTERVAL_SECONDS, AUDIT_TIMEOUT_SECONDS } = this.environment;
    const maxAgeMs = (2 * AUDIT_INTERVAL_SECONDS + AUDIT_TIMEOUT_SECONDS) * 1_000;
    const { last } = this;
    if (!last?.discrepancies || Date.now() - last.finished_at!.getTime() > maxAgeMs)
      throw new Error('no recent audit has succeeded');
    return last;
  }
}

const productsOf = (discrepancies: { product_id: number }[]) => [
  ...new Set(discrepancies.map(({ product_id }) => product_id)),
];
