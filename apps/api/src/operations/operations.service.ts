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

const MAX_STUCK = 100;

@Injectable()
export class OperationsService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly audits: StockAudit,
    private readonly outbox: OutboxRelay,
    letters: DeadLetters,
    metrics: Metrics,
  ) {
    metrics.gauge('estoque_dead_letters_open', 'Messages that wait for somebody to look at them', () =>
      letters.countOpen(),
    );
  }

  async stuckOrders(): Promise<StuckOrdersDto> {
    return { data: (await this.unitOfWork.read.openOrders.stuck(MAX_STUCK)).map(toStuckOrderDto) };
  }

  async audit(): Promise<AuditDto> {
    return toAuditDto(await this.audits.run());
  }

  measureOutbox(): Promise<OutboxDto> {
    return this.outbox.measure();
  }
}
