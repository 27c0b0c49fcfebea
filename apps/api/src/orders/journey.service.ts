import { UnitOfWork } from '@estoque/domain';
import { Injectable } from '@nestjs/common';
import { spansOf, traceIdsOf } from './journey.js';
import type { JourneyDto } from './journey.dto.js';

@Injectable()
export class JourneyService {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @throws OrderNotFound */
  async get(id: number): Promise<JourneyDto> {
    const { orderDetails, journeys } = this.unitOfWork.read;
    const { status } = await orderDetails.get(id);
    const entries = await journeys.entriesOf(id);
    return { order_id: id, status, trace_ids: traceIdsOf(entries), spans: spansOf(entries) };
  }
}
