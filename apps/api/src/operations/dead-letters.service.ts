import {
  catalogue,
  isFinalRefusal,
  UnitOfWork,
  type Actor,
  type Answer,
  type KeyedRequest,
} from '@estoque/domain';
import {
  contractViolations,
  correlationOf,
  DeadLetters,
  DeadLetterSearch,
  decodeEvent,
  MAX_BODY_BYTES,
  type ClaimedDeadLetter,
  type Edit,
} from '@estoque/messaging';
import { AppError, type FieldError } from '@estoque/platform';
import { Injectable } from '@nestjs/common';
import { answerOnce } from '../idempotency/answer-once.js';
import { cursorAfter, pageStart, toPage } from '../http/page.dto.js';
import {
  toClosedDeadLetterDto,
  toDeadLetterDetailsDto,
  toDeadLetterDto,
  toDeadLetterFilter,
  toDeadLetterGroupDto,
  type BodyQuery,
  type CheckedBodyDto,
  type ClosedDeadLetterDto,
  type DeadLetterCountDto,
  type DeadLetterCountQuery,
  type DeadLetterGroupQuery,
  type DeadLetterGroupsDto,
  type DeadLetterPageDto,
  type DeadLetterQuery,
  type DeadLetterDetailsDto,
  type EditAndReplayDto,
  type EditedBodyDto,
  type ReasonedActionDto,
} from './dead-letters.dto.js';
import { toOrderEventsDto, type OrderEventsDto } from './order-events.dto.js';

@Injectable()
export class DeadLettersService {
  constructor(
    private readonly deadLetters: DeadLetters,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async list({ cursor, limit, text, ...filter }: DeadLetterQuery): Promise<DeadLetterPageDto> {
    const page = pageStart({ cursor, limit });
    const selected = toDeadLetterFilter(filter);
    if (text === undefined) return toPage(await this.reads.list(selected, page), limit, toDeadLetterDto);
    const { found, last } = await this.search.search(selected, text, page);
    if (found.length > limit || last === null) return toPage(found, limit, toDeadLetterDto);
    return { data: found.map(toDeadLetterDto), has_more: true, next_cursor: cursorAfter(last) };
  }

  async groups(filter: DeadLetterGroupQuery): Promise<DeadLetterGroupsDto> {
    return { data: (await this.search.groups(toDeadLetterFilter(filter))).map(toDeadLetterGroupDto) };
  }

  /** @returns the number of open dead letters that match */
  async count(filter: DeadLetterCountQuery): Promise<DeadLetterCountDto> {
    return { count: (await this.search.count(toDeadLetterFilter(filter))).total };
  }

  /** @throws DeadLetterNotFound */
  async get(id: number): Promise<DeadLetterDetailsDto> {
    return toDeadLetterDetailsDto(await this.reads.get(id));
  }

  /** @throws DeadLetterNotFound, DeadLetterClosed, DeadLetterReplaying, IdempotencyKeyReused, IdempotencyInProgress */
  async discard(
    id: number,
    { by, reason }: ReasonedActionDto,
    actor: Actor,
    keyed?: KeyedRequest,
  ): Promise<Answer<ClosedDeadLetterDto>> {
    return answerOnce(this.unitOfWork, keyed, async ({ sql, auditLog }) => {
      const deadLetters = this.deadLetters.within(sql);
      await deadLetters.discard(id, by, reason);
      await auditLog.record(actor, {
        action: 'dead_letter.discarded',
        objectId: id,
        before: { state: 'open' },
        // Without the reason, which is free text: the dead letter has it.
        after: { state: 'discarded', by },
      });
      return { body: toClosedDeadLetterDto(await deadLetters.get(id)) };
    });
  }

  /**
   * @throws DeadLetterNotFound, DeadLetterClosed, DeadLetterReplaying, DeadLetterNotReplayable, IdempotencyKeyReused,
   *   IdempotencyInProgress, and AppError `broker_unavailable`
   */
  replay(id: number, by: ReasonedActionDto, actor: Actor, keyed?: KeyedRequest) {
    return this.publishOnce(id, by, actor, keyed);
  }

  /**
   * Publishes another body instead of that of the dead letter, and stores it as a dead letter that refers to the original.
   * The original is kept.
   *
   * @throws AppError `validation_failed` if the body violates the contract of the event, and as `replay`
   */
  editAndReplay(id: number, { by, reason, body }: EditAndReplayDto, actor: Actor, keyed?: KeyedRequest) {
    return this.publishOnce(id, { by, reason }, actor, keyed, async () => {
      const edited = Buffer.from(body);
      const { properties } = await this.deadLetters.get(id);
      await this.assertValidEdit(id, properties.routingKey, edited);
      const { event, payload } = decodeEvent(catalogue, edited, properties.routingKey);
      return { body: edited, subject: correlationOf(catalogue, event, payload), reason };
    });
  }

  /** Lists the events of the dead letter's order. @throws DeadLetterNotFound */
  async orderEvents(id: number): Promise<OrderEventsDto> {
    const { subject } = await this.reads.get(id);
    const { order_id } = JSON.parse(subject ?? '{}') as { order_id?: number };
    if (order_id === undefined) return { order_id: null, status: null, data: [] };
    const [order] = await this.unitOfWork.read.orderDetails.withIds([order_id]);
    return toOrderEventsDto(id, order_id, order, await this.search.about({ order_id }));
  }

  /** Compares a body with the contract of the dead letter's event. @throws DeadLetterNotFound */
  async checkBody(id: number, { body }: EditedBodyDto): Promise<CheckedBodyDto> {
    const { properties } = await this.reads.get(id);
    const violations = contractViolations(catalogue, Buffer.from(body), properties.routingKey);
    return { is_valid: violations.length === 0, violations };
  }

  /**
   * Publishes the dead letter before it opens the transaction that closes it and stores the answer, so that no lock and no
   * connection is held while the broker confirms. The claim of the dead letter prevents a second publication meanwhile.
   *
   * @param prepareEdit returns the body that is published instead
   */
  private async publishOnce(
    id: number,
    { by, reason }: ReasonedActionDto,
    actor: Actor,
    keyed?: KeyedRequest,
    prepareEdit?: () => Promise<Edit>,
  ): Promise<Answer<ClosedDeadLetterDto>> {
    const { idempotency } = this.unitOfWork.readForChange;
    const stored = keyed && (await idempotency.find<ClosedDeadLetterDto>(keyed));
    if (stored) return stored;
    const published = await this.claimAndPublish(id, keyed, prepareEdit);
    return answerOnce(this.unitOfWork, keyed, async ({ sql, auditLog }) => {
      if (published instanceof Error) throw published;
      const { claimed, edit } = published;
      const deadLetters = this.deadLetters.within(sql);
      await deadLetters.closeReplayed(claimed, by, reason);
      const editedCopy = edit && (await deadLetters.recordEdit(claimed, edit, by));
      await auditLog.record(actor, {
        action: 'dead_letter.replayed',
        objectId: id,
        before: { state: 'open' },
        // Without the reason, which is free text: the dead letter has it.
        after: { state: 'replayed', by, ...(edit && { edited_copy: editedCopy }) },
      });
      return { body: toClosedDeadLetterDto(await deadLetters.get(id)) };
    });
  }

  /** @returns the error instead if it is a refusal that is stored under the key */
  private async claimAndPublish(
    id: number,
    keyed?: KeyedRequest,
    prepareEdit?: () => Promise<Edit>,
  ): Promise<{ claimed: ClaimedDeadLetter; edit?: Edit } | Error> {
    try {
      const edit = await prepareEdit?.();
      return { claimed: await this.deadLetters.claimAndPublish(id, edit?.body), edit };
    } catch (error) {
      if (keyed && isFinalRefusal(error)) return error;
      throw error;
    }
  }

  private async assertValidEdit(id: number, routingKey: string, edited: Buffer) {
    const [violation] = contractViolations(catalogue, edited, routingKey);
    if (violation) {
      const message = `${violation.pointer} ${violation.message}`.trimStart();
      throw invalidBody({ pointer: '/body', code: 'broken_contract', message });
    }
    const message = 'is the body of the dead letter: replay it instead';
    if (edited.equals(await this.deadLetters.readBody(id, 0, MAX_BODY_BYTES)))
      throw invalidBody({ pointer: '/body', code: 'unchanged', message });
  }

  /** @returns at most MAX_BODY_BYTES from the offset @throws DeadLetterNotFound */
  async readBody(id: number, { offset }: BodyQuery): Promise<Buffer> {
    return this.reads.readBody(id, offset, MAX_BODY_BYTES);
  }

  private get reads() {
    return this.deadLetters.within(this.unitOfWork.read.sql);
  }

  private get search() {
    return new DeadLetterSearch(this.unitOfWork.read.sql);
  }
}

const invalidBody = (error: FieldError) =>
  new AppError('invalid', 'validation_failed', 'The request has 1 validation error.', {
    fieldErrors: [error],
  });
