import { UnitOfWork, type Answer, type KeyedRequest } from '@estoque/domain';
import { DeadLetterJobs } from '@estoque/messaging';
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
    { by, filter }: FilteredActionDto,
    keyed?: KeyedRequest,
  ): Promise<Answer<DeadLetterJobDto>> {
    const answer = await answerOnce(this.unitOfWork, keyed, async ({ sql }) => {
      const job = await this.jobs.within(sql).create(action, toDeadLetterFilter(filter), by);
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
  async cancel(id: number, { by }: ActorDto): Promise<DeadLetterJobDto> {
    return toDeadLetterJobDto(await this.jobs.cancel(id, by));
  }

  private get reads() {
    return this.jobs.within(this.unitOfWork.read.sql);
  }
}
