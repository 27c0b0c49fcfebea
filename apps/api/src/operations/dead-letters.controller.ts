import {
  Body,
  Controller,
  Get,
  Header,
  HttpCode,
  Param,
  Post,
  Query,
  Res,
  StreamableFile,
} from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Requires } from '../access/requires.decorator.js';
import { actorOf } from '../audit-log/actor.js';
import { IdPipe } from '../http/id.pipe.js';
import { ApiProblems, INVALID, MALFORMED } from '../http/problem.dto.js';
import { DeadLetterJobDto } from './dead-letter-jobs.dto.js';
import { DeadLetterJobsService } from './dead-letter-jobs.service.js';
import { respond } from '../idempotency/answer-once.js';
import { ApiIdempotent } from '../idempotency/idempotency.decorators.js';
import {
  BodyQuery,
  CheckedBodyDto,
  ClosedDeadLetterDto,
  DeadLetterCountDto,
  DeadLetterCountQuery,
  DeadLetterDetailsDto,
  DeadLetterGroupQuery,
  DeadLetterGroupsDto,
  DeadLetterPageDto,
  DeadLetterQuery,
  DryRunRequestDto,
  EditAndReplayDto,
  EditedBodyDto,
  FilteredActionDto,
  ReasonedActionDto,
} from './dead-letters.dto.js';
import { DeadLettersService } from './dead-letters.service.js';
import { DryRunsDto } from './dry-runs.dto.js';
import { OrderEventsDto } from './order-events.dto.js';
import { DryRunsService } from './dry-runs.service.js';

const NOT_FOUND = { code: 'dead_letter_not_found', when: 'The dead letter does not exist.' };
const NOT_OPEN = {
  code: 'dead_letter_closed',
  otherCodes: ['dead_letter_replaying'],
  when: 'The dead letter is already replayed or discarded, or is being replayed.',
};
const NOT_REPLAYABLE = {
  ...NOT_OPEN,
  otherCodes: [...NOT_OPEN.otherCodes, 'dead_letter_not_replayable'],
  when: `${NOT_OPEN.when} Or its queue does not exist, or its body is too large.`,
};
const TOO_MANY_JOBS = { code: 'too_many_dead_letter_jobs', when: '100 jobs are unfinished.' };

const DETAILS_RESPONSE = {
  status: 200,
  type: DeadLetterDetailsDto,
  description: 'The dead letter with its history of actions.',
};

/** Without the content: it is shown to callers with the scope operations:read only. */
const CLOSED_RESPONSE = {
  status: 200,
  type: ClosedDeadLetterDto,
  description: 'The dead letter with its history of actions, without its content.',
};

const JOB_RESPONSE = {
  status: 202,
  type: DeadLetterJobDto,
  description: 'The job is stored and will run.',
  headers: {
    Location: {
      description: 'URL of the job',
      schema: { type: 'string' as const, example: '/v1/operations/dead-letter-jobs/12' },
    },
  },
};

@Controller('dead-letters')
@ApiTags('operations')
export class DeadLettersController {
  constructor(
    private readonly deadLetters: DeadLettersService,
    private readonly jobs: DeadLetterJobsService,
    private readonly dryRuns: DryRunsService,
  ) {}

  @Requires('operations:read', { isCostly: true })
  @Get()
  @ApiOperation({
    operationId: 'listDeadLetters',
    summary: 'List dead letters (messages that could not be handled), newest first',
  })
  @ApiResponse({ status: 200, type: DeadLetterPageDto, description: 'A page of dead letters.' })
  @ApiProblems({ 400: MALFORMED, 422: INVALID })
  list(@Query() query: DeadLetterQuery): Promise<DeadLetterPageDto> {
    return this.deadLetters.list(query);
  }

  @Requires('operations:read', { isCostly: true })
  @Get('groups')
  @ApiOperation({
    operationId: 'listDeadLetterGroups',
    summary: 'List groups of open dead letters with the same cause, largest first',
    description:
      'Dead letters of a group have the same queue, event and reason, and their errors differ only in numbers, UUIDs and quoted texts.',
  })
  @ApiResponse({ status: 200, type: DeadLetterGroupsDto, description: 'At most 100 groups.' })
  @ApiProblems({ 400: MALFORMED, 422: INVALID })
  groups(@Query() query: DeadLetterGroupQuery): Promise<DeadLetterGroupsDto> {
    return this.deadLetters.groups(query);
  }

  @Requires('operations:read', { isCostly: true })
  @Get('count')
  @ApiOperation({
    operationId: 'countDeadLetters',
    summary: 'Count the open dead letters that match a filter',
    description:
      'The number that `POST /v1/dead-letters/replay` and `/discard` select with the same filter. With `text`, the content of all of them is searched, which can take some seconds.',
  })
  @ApiResponse({ status: 200, type: DeadLetterCountDto, description: 'Their number.' })
  @ApiProblems({ 400: MALFORMED, 422: INVALID })
  count(@Query() query: DeadLetterCountQuery): Promise<DeadLetterCountDto> {
    return this.deadLetters.count(query);
  }

  @Requires('operations:write', { isCostly: true })
  @Post('replay')
  @HttpCode(202)
  @ApiOperation({
    operationId: 'replayDeadLetters',
    summary: 'Replay all open dead letters that match a filter, in the background',
    description:
      'Creates a job that publishes each message to its original queue, oldest first, at most 100 a second. Poll the URL in `Location` for its progress.',
  })
  @ApiResponse(JOB_RESPONSE)
  @ApiIdempotent({ 400: MALFORMED, 409: TOO_MANY_JOBS, 422: INVALID })
  replayAll(
    @Body() body: FilteredActionDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DeadLetterJobDto> {
    return respond(reply, (keyed) => this.jobs.create('replay', body, actorOf(reply.request), keyed));
  }

  @Requires('operations:write', { isCostly: true })
  @Post('discard')
  @HttpCode(202)
  @ApiOperation({
    operationId: 'discardDeadLetters',
    summary: 'Discard all open dead letters that match a filter, in the background',
    description:
      'Creates a job; poll the URL in `Location` for its progress. Discarded dead letters can still be read until they are pruned.',
  })
  @ApiResponse(JOB_RESPONSE)
  @ApiIdempotent({ 400: MALFORMED, 409: TOO_MANY_JOBS, 422: INVALID })
  discardAll(
    @Body() body: FilteredActionDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DeadLetterJobDto> {
    return respond(reply, (keyed) => this.jobs.create('discard', body, actorOf(reply.request), keyed));
  }

  @Requires('operations:read')
  @Get(':id')
  @ApiOperation({ operationId: 'getDeadLetter', summary: 'Get a dead letter with the beginning of its body' })
  @ApiParam({ name: 'id', type: 'integer', example: 7 })
  @ApiResponse(DETAILS_RESPONSE)
  @ApiProblems({ 400: MALFORMED, 404: NOT_FOUND })
  get(@Param('id', IdPipe) id: number): Promise<DeadLetterDetailsDto> {
    return this.deadLetters.get(id);
  }

  @Requires('operations:read', { isCostly: true })
  @Get(':id/body')
  @Header('content-type', 'application/octet-stream')
  @Header('content-disposition', 'attachment')
  @Header('x-content-type-options', 'nosniff')
  @ApiOperation({
    operationId: 'getDeadLetterBody',
    summary: 'Get the unmodified body of a dead letter',
    description:
      'At most 1 MiB from `offset`; `body_bytes` of the dead letter is the size of the whole body.',
  })
  @ApiParam({ name: 'id', type: 'integer', example: 7 })
  @ApiResponse({
    status: 200,
    description: 'The bytes of the body.',
    content: {
      'application/octet-stream': {
        schema: { type: 'string', format: 'binary', example: '{"event": "order.created", ' },
      },
    },
  })
  @ApiProblems({ 400: MALFORMED, 404: NOT_FOUND, 422: INVALID })
  async getBody(@Param('id', IdPipe) id: number, @Query() query: BodyQuery): Promise<StreamableFile> {
    return new StreamableFile(await this.deadLetters.readBody(id, query));
  }

  @Requires('operations:read', { isCostly: true })
  @Get(':id/order-events')
  @ApiOperation({
    operationId: 'listOrderEventsOfDeadLetter',
    summary: 'List the other events of the order of a dead letter, and whether they can be handled',
    description: 'A replay of many dead letters publishes the events of an order in their sequence.',
  })
  @ApiParam({ name: 'id', type: 'integer', example: 7 })
  @ApiResponse({ status: 200, type: OrderEventsDto, description: 'The events, oldest first.' })
  @ApiProblems({ 400: MALFORMED, 404: NOT_FOUND })
  orderEvents(@Param('id', IdPipe) id: number): Promise<OrderEventsDto> {
    return this.deadLetters.orderEvents(id);
  }

  @Requires('operations:write', { isCostly: true })
  @Post(':id/replay')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'replayDeadLetter',
    summary: 'Replay a dead letter',
    description:
      'Publishes the unmodified message to its original queue, with its attempts reset. If it fails again, the dead letter becomes open again.',
  })
  @ApiParam({ name: 'id', type: 'integer', example: 7 })
  @ApiResponse(CLOSED_RESPONSE)
  @ApiIdempotent({ 400: MALFORMED, 404: NOT_FOUND, 409: NOT_REPLAYABLE, 422: INVALID })
  replay(
    @Param('id', IdPipe) id: number,
    @Body() body: ReasonedActionDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ClosedDeadLetterDto> {
    return respond(reply, (keyed) => this.deadLetters.replay(id, body, actorOf(reply.request), keyed));
  }

  @Requires('operations:read')
  @Post(':id/check-body')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'checkDeadLetterBody',
    summary: 'Compare a body with the contract of the event of a dead letter',
    description: 'Changes nothing.',
  })
  @ApiParam({ name: 'id', type: 'integer', example: 7 })
  @ApiResponse({ status: 200, type: CheckedBodyDto, description: 'The violations of the contract.' })
  @ApiProblems({ 400: MALFORMED, 404: NOT_FOUND, 422: INVALID })
  checkBody(@Param('id', IdPipe) id: number, @Body() body: EditedBodyDto): Promise<CheckedBodyDto> {
    return this.deadLetters.checkBody(id, body);
  }

  @Requires('operations:read', { isCostly: true })
  @Post(':id/dry-run')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'dryRunDeadLetter',
    summary: 'Show what a replay of a dead letter would do',
    description:
      'The process that consumes the queue runs the handler of the message in a transaction that is rolled back. Nothing is published and no payment gateway is asked. The answer describes the present: it can be another one when the message is replayed.',
  })
  @ApiParam({ name: 'id', type: 'integer', example: 7 })
  @ApiResponse({ status: 200, type: DryRunsDto, description: 'The effect of the message.' })
  @ApiProblems({
    400: MALFORMED,
    404: NOT_FOUND,
    409: {
      code: 'dead_letter_not_replayable',
      when: 'Its queue does not exist, or its body is not complete.',
    },
    422: INVALID,
  })
  dryRun(@Param('id', IdPipe) id: number, @Body() body: DryRunRequestDto): Promise<DryRunsDto> {
    return this.dryRuns.run(id, body);
  }

  @Requires('operations:write', { isCostly: true })
  @Post(':id/edit-and-replay')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'editAndReplayDeadLetter',
    summary: 'Replay a dead letter with another body',
    description:
      'Publishes the body to the original queue instead of that of the dead letter, with the same properties and headers. The body must satisfy the contract of the event. The original is kept, and the edited message is stored as a dead letter that refers to it.',
  })
  @ApiParam({ name: 'id', type: 'integer', example: 7 })
  @ApiResponse(CLOSED_RESPONSE)
  @ApiIdempotent({ 400: MALFORMED, 404: NOT_FOUND, 409: NOT_REPLAYABLE, 422: INVALID })
  editAndReplay(
    @Param('id', IdPipe) id: number,
    @Body() body: EditAndReplayDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ClosedDeadLetterDto> {
    return respond(reply, (keyed) => this.deadLetters.editAndReplay(id, body, actorOf(reply.request), keyed));
  }

  @Requires('operations:write')
  @Post(':id/discard')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'discardDeadLetter',
    summary: 'Discard a dead letter; it can still be read until it is pruned',
  })
  @ApiParam({ name: 'id', type: 'integer', example: 7 })
  @ApiResponse(CLOSED_RESPONSE)
  @ApiIdempotent({ 400: MALFORMED, 404: NOT_FOUND, 409: NOT_OPEN, 422: INVALID })
  discard(
    @Param('id', IdPipe) id: number,
    @Body() body: ReasonedActionDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ClosedDeadLetterDto> {
    return respond(reply, (keyed) => this.deadLetters.discard(id, body, actorOf(reply.request), keyed));
  }
}
