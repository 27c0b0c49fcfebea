import { UnitOfWork, type Answer, type KeyedRequest } from '@estoque/domain';
import { DeadLetters, type DeadLetterFilter } from '@estoque/messaging';
import { Injectable } from '@nestjs/common';
import { answerOnce } from '../idempotency/answer-once.js';
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
  constructor(
    private readonly deadLetters: DeadLetters,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async list({ cursor, limit, ...filter }: DeadLetterQuery): Promise<DeadLetterPageDto> {
    const rows = await this.deadLetters.list(toFilter(filter), pageStart({ cursor, limit }));
    return toPage(rows, limit, toDeadLetterDto);
  }

  /** @throws DeadLetterNotFound */
  async get(id: number): Promise<DeadLetterDetailsDto> {
    return toDeadLetterDetailsDto(await this.deadLetters.get(id));
  }

  /** @throws DeadLetterNotFound, DeadLetterClosed, and AppError `broker_unavailable` for a replay */
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

  /** @throws AppError `broker_unavailable` for a replay; dead letters replayed before the error stay replayed */
  actOnAll(
    action: 'replay' | 'discard',
    { by, filter }: FilteredActionDto,
    keyed?: KeyedRequest,
  ): Promise<Answer<FilteredResultDto>> {
    return this.once(keyed, async (deadLetters) => ({
      body: await deadLetters.replayOrDiscardAll(action, toFilter(filter), by),
    }));
  }

  /** Without a key, each dead letter is closed by a statement of its own, right after it was published. */
  private once<Body>(
    keyed: KeyedRequest | undefined,
    act: (deadLetters: DeadLetters) => Promise<Answer<Body>>,
  ): Promise<Answer<Body>> {
    if (!keyed) return act(this.deadLetters);
    return answerOnce(this.unitOfWork, keyed, ({ sql }) => act(this.deadLetters.within(sql)));
  }
}

const toFilter = ({ order_id, ...filter }: Omit<DeadLetterQuery, 'cursor' | 'limit'>): DeadLetterFilter => ({
  ...filter,
  subject: order_id === undefined ? undefined : { order_id },
});
