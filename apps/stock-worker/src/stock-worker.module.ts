import { DomainModule } from '@estoque/domain';
import { Module } from '@nestjs/common';
import { appManifest } from '../../manifest.js';
import { StockDeductionService } from './stock-deduction.service.js';
import { StockConsumer } from './stock.consumer.js';

@Module({
  imports: [DomainModule.for(appManifest('stock-worker'))],
  controllers: [StockConsumer],
  providers: [StockDeductionService],
})
export class StockWorkerModule {}
