import { UnitOfWork, type Actor, type Answer, type KeyedRequest } from '@estoque/domain';
import { DeadLetterJobs, DeadLetterSearch } from '@estoque/messaging';
import { Injectable } from '@nestjs/common';
import { answerOnce } from '../idempotency/answer-once.js';
import { pageStart, toPage, type PageQuery } from '../http/page.dto.js';
import {
  toDeadLetterJobDto,
  type DeadLetterJobDto,
  type DeadLetterJobPageDto,
} from './dead-letter-jobs.dto.js';
import { toDeadLetterFilter, type ActorDto, type FilteredActionDto } from './dead-letters.dto.js';

@Injectable()
export class DeadLetterJobsService {
  constructor(
    private readonly jobs: DeadLetterJobs,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @throws TooManyDeadLetterJobs, IdempotencyKeyReused, IdempotencyInProgress */
  async create(
    action: 'replay' | 'discard',
    { by, reason, filter }: FilteredActionDto,
    actor: Actor,
    keyed?: KeyedRequest,
  ): Promise<Answer<DeadLetterJobDto>> {
    const selection = toDeadLetterFilter(filter);
    const counted = await new DeadLetterSearch(this.unitOfWork.readForChange.sql).count(selection);
    const answer = await answerOnce(this.unitOfWork, keyed, async ({ sql, auditLog }) => {
      const job = await this.jobs.within(sql).create(action, selection, by, reason, counted);
      const { text, ...recorded } = toDeadLetterJobDto(job).filter;
      await auditLog.record(actor, {
        action: 'dead_letter_job.created',
        objectId: job.id,
        // Without the reason and the text, which can contain personal data: the job has them.
        after: {
          action,
          filter: { ...recorded, ...(text !== undefined && { has_text: true }) },
          total: job.total,
          by,
        },
      });
      return {
        body: toDeadLetterJobDto(job),
        headers: { location: `/v1/operations/dead-letter-jobs/${job.id}` },
      };
    });
    this.jobs.reportCreated();
    return answer;
  }

  async list(query: PageQuery): Promise<DeadLetterJobPageDto> {
    return toPage(await this.reads.list(pageStart(query)), query.limit, toDeadLetterJobDto);
  }

  /** @throws DeadLetterJobNotFound */
  async get(id: number): Promise<DeadLetterJobDto> {
    return toDeadLetterJobDto(await this.reads.get(id));
  }

  /** @throws DeadLetterJobNotFound, DeadLetterJobEnded */
  cancel(id: number, { by }: ActorDto, actor: Actor): Promise<DeadLetterJobDto> {
    return this.unitOfWork.inTransaction(async ({ sql, auditLog }) => {
      const job = await this.jobs.within(sql).cancel(id, by);
      await auditLog.record(actor, {
        action: 'dead_letter_job.cancelled',
        objectId: id,
        before: { state: job.previous_state },
        after: { state: job.state, done: job.done, by },
      });
      return toDeadLetterJobDto(job);
    });
  }

  private get reads() {
    return this.jobs.within(this.unitOfWork.read.sql);
  }
}
