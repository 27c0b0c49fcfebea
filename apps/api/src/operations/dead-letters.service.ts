import { DeadLetters, type DeadLetterFilter } from '@estoque/messaging';
import { Injectable } from '@nestjs/common';
import { pageStart, toPage } from '../http/page.dto.js';
import {
  toDeadLetterDto,
  toDeadLetterDetailsDto,
  type ActorDto,
  type DeadLetterPageDto,
  type DeadLetterQuery,
  type FilteredActionDto,
  type FilteredResultDto,
  type DeadLetterDetailsDto,
} from './dead-letters.dto.js';

@Injectable()
export class DeadLettersService {
  constructor(private readonly deadLetters: DeadLetters) {}

  async list({ cursor, limit, ...filter }: DeadLetterQuery): Promise<DeadLetterPageDto> {
    const rows = await this.deadLetters.list(toFilter(filter), pageStart({ cursor, limit }));
    return toPage(rows, limit, toDeadLetterDto);
  }

  /** @throws DeadLetterNotFound */
  async get(id: number): Promise<DeadLetterDetailsDto> {
    return toDeadLetterDetailsDto(await this.deadLetters.get(id));
  }

  /** @throws DeadLetterNotFound, DeadLetterClosed, and AppError `broker_unavailable` for a replay */
  async act(action: 'replay' | 'discard', id: number, { by }: ActorDto): Promise<DeadLetterDetailsDto> {
    await this.deadLetters[action](id, by);
    return this.get(id);
  }

  /** @throws AppError `broker_unavailable` for a replay; dead letters replayed before the error stay replayed */
  actOnAll(action: 'replay' | 'discard', { by, filter }: FilteredActionDto): Promise<FilteredResultDto> {
    return this.deadLetters.actOnAll(action, toFilter(filter), by);
  }
}

const toFilter = ({ order_id, ...filter }: Omit<DeadLetterQuery, 'cursor' | 'limit'>): DeadLetterFilter => ({
  ...filter,
  subject: order_id === undefined ? undefined : { order_id },
});
