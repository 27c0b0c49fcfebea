import { DeadLetters, MAX_BODY_BYTES } from '@estoque/messaging';
import { Injectable } from '@nestjs/common';
import { pageStart, toPage } from '../http/page.dto.js';
import {
  toDeadLetterDetailsDto,
  toDeadLetterDto,
  toDeadLetterFilter,
  type ActorDto,
  type BodyQuery,
  type DeadLetterPageDto,
  type DeadLetterQuery,
  type DeadLetterDetailsDto,
} from './dead-letters.dto.js';

@Injectable()
export class DeadLettersService {
  constructor(private readonly deadLetters: DeadLetters) {}

  async list({ cursor, limit, ...filter }: DeadLetterQuery): Promise<DeadLetterPageDto> {
    const rows = await this.deadLetters.list(toDeadLetterFilter(filter), pageStart({ cursor, limit }));
    return toPage(rows, limit, toDeadLetterDto);
  }

  /** @throws DeadLetterNotFound */
  async get(id: number): Promise<DeadLetterDetailsDto> {
    return toDeadLetterDetailsDto(await this.deadLetters.get(id));
  }

  /**
   * @throws DeadLetterNotFound, DeadLetterClosed, DeadLetterReplaying; and for a replay DeadLetterNotReplayable, and
   *   AppError `broker_unavailable`
   */
  async act(action: 'replay' | 'discard', id: number, { by }: ActorDto): Promise<DeadLetterDetailsDto> {
    await this.deadLetters[action](id, by);
    return this.get(id);
  }

  /** @returns at most MAX_BODY_BYTES from the offset @throws DeadLetterNotFound */
  readBody(id: number, { offset }: BodyQuery): Promise<Buffer> {
    return this.deadLetters.readBody(id, offset, MAX_BODY_BYTES);
  }
}
