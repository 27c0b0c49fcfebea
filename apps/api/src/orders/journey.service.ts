import { UnitOfWork } from '@estoque/domain';
import { ENVIRONMENT, type Environment } from '@estoque/platform';
import { Inject, Injectable } from '@nestjs/common';
import { spansOf, traceIdsOf } from './journey.js';
import type { JourneyDto } from './journey.dto.js';

@Injectable()
export class JourneyService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    @Inject(ENVIRONMENT) private readonly environment: Pick<Environment, 'TRACE_URL'>,
  ) {}

  /** @throws OrderNotFound */
  async get(id: number): Promise<JourneyDto> {
    const { orderDetails, journeys } = this.unitOfWork.read;
    const { status } = await orderDetails.get(id);
    const entries = await journeys.entriesOf(id);
    return {
      order_id: id,
      status,
      trace_ids: traceIdsOf(entries),
      trace_url: this.environment.TRACE_URL ?? null,
      spans: spansOf(entries),
    };
  }
}
