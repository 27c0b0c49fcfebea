import type { EventOf } from '@estoque/domain';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { StockDeductionService } from './stock-deduction.service.js';

@Controller()
export class StockConsumer {
  constructor(private readonly deductions: StockDeductionService) {}

  @EventPattern<string>('stock.reserve')
  onStockReserve(@Payload() reservation: EventOf<'stock.reserve'>) {
    return this.deductions.deduct(reservation);
  }
}
