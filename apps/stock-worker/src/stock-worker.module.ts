import { DomainModule } from '@estoque/domain';
import { Module } from '@nestjs/common';
import { StockDeductionService } from './stock-deduction.service.js';
import { StockConsumer } from './stock.consumer.js';

@Module({
  imports: [DomainModule.for({ queue: 'stock_queue' })],
  controllers: [StockConsumer],
  providers: [StockDeductionService],
})
export class StockWorkerModule {}
