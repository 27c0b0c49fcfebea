import { UnitOfWork, type Answer, type KeyedRequest } from '@estoque/domain';
import { DeadLetters, MAX_BODY_BYTES } from '@estoque/messaging';
import { Injectable } from '@nestjs/common';
import { answerOnce } from '../idempotency/answer-once.js';
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
  constructor(
    private readonly deadLetters: DeadLetters,
    private readonly unitOfWork: UnitOfWork,
  ) {}

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
  act(
    action: 'replay' | 'discard',
    id: number,
    { by }: ActorDto,
    keyed?: KeyedRequest,
  ): Promise<Answer<DeadLetterDetailsDto>> {
    return this.once(keyed, async (deadLetters) => {
      await deadLetters[action](id, by);
      return { body: toDeadLetterDetailsDto(await deadLetters.get(id)) };
    });
  }

  /** Without a key, each dead letter is closed by a statement of its own, right after it was published. */
  private once<Body>(
    keyed: KeyedRequest | undefined,
    act: (deadLetters: DeadLetters) => Promise<Answer<Body>>,
  ): Promise<Answer<Body>> {
    if (!keyed) return act(this.deadLetters);
    return answerOnce(this.unitOfWork, keyed, ({ sql }) => act(this.deadLetters.within(sql)));
  }

  /** @returns at most MAX_BODY_BYTES from the offset @throws DeadLetterNotFound */
  readBody(id: number, { offset }: BodyQuery): Promise<Buffer> {
    return this.deadLetters.readBody(id, offset, MAX_BODY_BYTES);
  }
}
