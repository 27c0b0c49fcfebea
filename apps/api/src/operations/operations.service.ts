import { StockAudit, UnitOfWork } from '@estoque/domain';
import { DeadLetters, OutboxRelay } from '@estoque/messaging';
import { Metrics } from '@estoque/platform';
import { Injectable } from '@nestjs/common';
import {
  toAuditDto,
  toStuckOrderDto,
  type AuditDto,
  type OutboxDto,
  type StuckOrdersDto,
} from './operations.dto.js';

const MAX_STUCK_ORDERS = 100;

@Injectable()
export class OperationsService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly stockAudit: StockAudit,
    private readonly outbox: OutboxRelay,
    deadLetters: DeadLetters,
    metrics: Metrics,
  ) {
    metrics.gauge('estoque_dead_letters_open', 'Dead letters that are neither replayed nor discarded', () =>
      deadLetters.countOpen(),
    );
  }

  async stuckOrders(): Promise<StuckOrdersDto> {
    return { data: (await this.unitOfWork.read.openOrders.stuck(MAX_STUCK_ORDERS)).map(toStuckOrderDto) };
  }

  async audit(): Promise<AuditDto> {
    return toAuditDto(await this.stockAudit.run());
  }

  measureOutbox(): Promise<OutboxDto> {
    return this.outbox.measure();
  }
}
