import { StockAudit } from '@estoque/domain';
import { ENVIRONMENT, LOGGER, Metrics, PeriodicTask, type Environment, type Logger } from '@estoque/platform';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';

/** Audits the books now and then, and says how many products they don't balance for. */
@Injectable()
export class AuditService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly sweeper: PeriodicTask;
  /** Unknown before the first audit, and after one that could not be done. */
  private drifted?: number;

  constructor(
    private readonly audit: StockAudit,
    @Inject(ENVIRONMENT) { AUDIT_INTERVAL_SECONDS }: Environment,
    @Inject(LOGGER) private readonly logger: Logger,
    metrics: Metrics,
  ) {
    this.sweeper = new PeriodicTask('auditing', AUDIT_INTERVAL_SECONDS * 1_000, () => this.run(), logger);
    metrics.gauge('estoque_audit_discrepancies', 'Products whose books do not balance', () => {
      if (this.drifted === undefined) throw new Error('not known');
      return this.drifted;
    });
  }

  onApplicationBootstrap() {
    this.sweeper.start();
  }

  onModuleDestroy() {
    return this.sweeper.stop();
  }

  private async run() {
    const drifts = await this.audit.run().catch((error: unknown) => {
      this.drifted = undefined;
      throw error;
    });
    const products = new Set(drifts.map(({ product_id }) => product_id));
    this.drifted = products.size;
    if (products.size > 0)
      this.logger.error({ products: [...products].slice(0, 20) }, 'the stock ledger does not reconcile');
  }
}
