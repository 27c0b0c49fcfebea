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
  constructor(private readonly letters: DeadLetters) {}

  async list({ cursor, limit, ...filter }: DeadLetterQuery): Promise<DeadLetterPageDto> {
    const rows = await this.letters.list(toFilter(filter), pageStart({ cursor, limit }));
    return toPage(rows, limit, toDeadLetterDto);
  }

  /** @throws DeadLetterNotFound */
  async get(id: number): Promise<DeadLetterDetailsDto> {
    return toDeadLetterDetailsDto(await this.letters.get(id));
  }

  /** @throws DeadLetterNotFound, DeadLetterNotParked, and `broker_unavailable` for a replay */
  async act(action: 'replay' | 'discard', id: number, { by }: ActorDto): Promise<DeadLetterDetailsDto> {
    await this.letters[action](id, by);
    return this.get(id);
  }

  /** @throws AppError `broker_unavailable` for a replay: what was done until then stays done */
  actOnAll(action: 'replay' | 'discard', { by, filter }: FilteredActionDto): Promise<FilteredResultDto> {
    return this.letters.actOnAll(action, toFilter(filter), by);
  }
}

const toFilter = ({ order_id, ...filter }: Omit<DeadLetterQuery, 'cursor' | 'limit'>): DeadLetterFilter => ({
  ...filter,
  subject: order_id === undefined ? undefined : { order_id },
});
