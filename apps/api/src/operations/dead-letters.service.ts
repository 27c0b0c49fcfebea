import { isFinalRefusal, UnitOfWork, type Actor, type Answer, type KeyedRequest } from '@estoque/domain';
import { DeadLetters, MAX_BODY_BYTES, type ClaimedDeadLetter } from '@estoque/messaging';
import { Injectable } from '@nestjs/common';
import { answerOnce } from '../idempotency/answer-once.js';
import { pageStart, toPage } from '../http/page.dto.js';
import {
  toClosedDeadLetterDto,
  toDeadLetterDetailsDto,
  toDeadLetterDto,
  toDeadLetterFilter,
  type ActorDto,
  type BodyQuery,
  type ClosedDeadLetterDto,
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
    const rows = await this.reads.list(toDeadLetterFilter(filter), pageStart({ cursor, limit }));
    return toPage(rows, limit, toDeadLetterDto);
  }

  /** @throws DeadLetterNotFound */
  async get(id: number): Promise<DeadLetterDetailsDto> {
    return toDeadLetterDetailsDto(await this.reads.get(id));
  }

  /** @throws DeadLetterNotFound, DeadLetterClosed, DeadLetterReplaying, IdempotencyKeyReused, IdempotencyInProgress */
  async discard(
    id: number,
    { by }: ActorDto,
    actor: Actor,
    keyed?: KeyedRequest,
  ): Promise<Answer<ClosedDeadLetterDto>> {
    return answerOnce(this.unitOfWork, keyed, async ({ sql, auditLog }) => {
      const deadLetters = this.deadLetters.within(sql);
      await deadLetters.discard(id, by);
      await auditLog.record(actor, {
        action: 'dead_letter.discarded',
        objectId: id,
        before: { state: 'open' },
        after: { state: 'discarded', by },
      });
      return { body: toClosedDeadLetterDto(await deadLetters.get(id)) };
    });
  }

  /**
   * Publishes the dead letter before it opens the transaction that closes it and stores the answer, so that no lock and no
   * connection is held while the broker confirms. The claim of the dead letter prevents a second publication meanwhile.
   *
   * @throws DeadLetterNotFound, DeadLetterClosed, DeadLetterReplaying, DeadLetterNotReplayable, IdempotencyKeyReused,
   *   IdempotencyInProgress, and AppError `broker_unavailable`
   */
  async replay(
    id: number,
    { by }: ActorDto,
    actor: Actor,
    keyed?: KeyedRequest,
  ): Promise<Answer<ClosedDeadLetterDto>> {
    const { idempotency } = this.unitOfWork.readForChange;
    const stored = keyed && (await idempotency.find<ClosedDeadLetterDto>(keyed));
    if (stored) return stored;
    const published = await this.claimAndPublish(id, keyed);
    return answerOnce(this.unitOfWork, keyed, async ({ sql, auditLog }) => {
      if (published instanceof Error) throw published;
      const deadLetters = this.deadLetters.within(sql);
      await deadLetters.closeReplayed(published, by);
      await auditLog.record(actor, {
        action: 'dead_letter.replayed',
        objectId: id,
        before: { state: 'open' },
        after: { state: 'replayed', by },
      });
      return { body: toClosedDeadLetterDto(await deadLetters.get(id)) };
    });
  }

  /** @returns the error instead if it is a refusal that is stored under the key */
  private async claimAndPublish(id: number, keyed?: KeyedRequest): Promise<ClaimedDeadLetter | Error> {
    try {
      return await this.deadLetters.claimAndPublish(id);
    } catch (error) {
      if (keyed && isFinalRefusal(error)) return error;
      throw error;
    }
  }

  /** @returns at most MAX_BODY_BYTES from the offset @throws DeadLetterNotFound */
  async readBody(id: number, { offset }: BodyQuery): Promise<Buffer> {
    return this.reads.readBody(id, offset, MAX_BODY_BYTES);
  }

  private get reads() {
    return this.deadLetters.within(this.unitOfWork.read.sql);
  }
}
