import { StockAudit } from '@estoque/domain';
import { ENVIRONMENT, LOGGER, Metrics, PeriodicTask, type Environment, type Logger } from '@estoque/platform';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';

/** Reconciles the stock ledger periodically and exports the number of products with discrepancies. */
@Injectable()
export class AuditService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly task: PeriodicTask;
  /** Undefined before the first audit and after a failed one; the metric is then not exported. */
  private productsWithDiscrepancies?: number;

  constructor(
    private readonly audit: StockAudit,
    @Inject(ENVIRONMENT) { AUDIT_INTERVAL_SECONDS }: Environment,
    @Inject(LOGGER) private readonly logger: Logger,
    metrics: Metrics,
  ) {
    this.task = new PeriodicTask(
      'reconciling the stock ledger',
      AUDIT_INTERVAL_SECONDS * 1_000,
      () => this.run(),
      logger,
    );
    metrics.gauge(
      'estoque_audit_products_with_discrepancies',
      'Products with discrepancies in the stock ledger',
      () => {
        if (this.productsWithDiscrepancies === undefined) throw new Error('no audit has succeeded yet');
        return this.productsWithDiscrepancies;
      },
    );
  }

  onApplicationBootstrap() {
    this.task.start();
  }

  onModuleDestroy() {
    return this.task.stop();
  }

  private async run() {
    const discrepancies = await this.audit.run().catch((error: unknown) => {
      this.productsWithDiscrepancies = undefined;
      throw error;
    });
    const products = new Set(discrepancies.map(({ product_id }) => product_id));
    this.productsWithDiscrepancies = products.size;
    if (products.size > 0)
      this.logger.error({ products: [...products].slice(0, 20) }, 'the stock ledger does not reconcile');
  }
}
