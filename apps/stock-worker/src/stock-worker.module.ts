import { DomainModule, dryRunsOf, type UnitOfWork } from '@estoque/domain';
import { Module } from '@nestjs/common';
import { appManifest } from '../../manifest.js';
import { StockDeductionService } from './stock-deduction.service.js';
import { StockConsumer } from './stock.consumer.js';

@Module({
  imports: [DomainModule.for(appManifest('stock-worker'))],
  controllers: [StockConsumer],
  providers: [
    StockDeductionService,
    dryRunsOf(
      appManifest('stock-worker').queue,
      [],
      () => (unitOfWork: UnitOfWork<'stock-worker'>) =>
        new StockConsumer(new StockDeductionService(unitOfWork)),
    ),
  ],
})
export class StockWorkerModule {}
