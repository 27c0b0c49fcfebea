import { Body, Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Requires } from '../access/requires.decorator.js';
import type { FastifyRequest } from 'fastify';
import { actorOf } from '../audit-log/actor.js';
import { IdPipe } from '../http/id.pipe.js';
import { PageQuery } from '../http/page.dto.js';
import { ApiProblems, INVALID, MALFORMED } from '../http/problem.dto.js';
import { DeadLetterJobDto, DeadLetterJobPageDto } from './dead-letter-jobs.dto.js';
import { DeadLetterJobsService } from './dead-letter-jobs.service.js';
import { ActorDto } from './dead-letters.dto.js';

const NOT_FOUND = { code: 'dead_letter_job_not_found', when: 'The job does not exist.' };

@Controller('operations/dead-letter-jobs')
@ApiTags('operations')
export class DeadLetterJobsController {
  constructor(private readonly jobs: DeadLetterJobsService) {}

  @Requires('operations:read', { isCostly: true })
  @Get()
  @ApiOperation({
    operationId: 'listDeadLetterJobs',
    summary: 'List the jobs that replay or discard dead letters, newest first',
  })
  @ApiResponse({ status: 200, type: DeadLetterJobPageDto, description: 'A page of jobs.' })
  @ApiProblems({ 400: MALFORMED, 422: INVALID })
  list(@Query() query: PageQuery): Promise<DeadLetterJobPageDto> {
    return this.jobs.list(query);
  }

  @Requires('operations:read')
  @Get(':id')
  @ApiOperation({ operationId: 'getDeadLetterJob', summary: 'Get a job with its progress' })
  @ApiParam({ name: 'id', type: 'integer', example: 12 })
  @ApiResponse({ status: 200, type: DeadLetterJobDto, description: 'The job.' })
  @ApiProblems({ 400: MALFORMED, 404: NOT_FOUND })
  get(@Param('id', IdPipe) id: number): Promise<DeadLetterJobDto> {
    return this.jobs.get(id);
  }

  @Requires('operations:write')
  @Post(':id/cancel')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'cancelDeadLetterJob',
    summary: 'Cancel a job',
    description: 'Dead letters that it has handled stay handled, and at most 20 more are handled.',
  })
  @ApiParam({ name: 'id', type: 'integer', example: 12 })
  @ApiResponse({ status: 200, type: DeadLetterJobDto, description: 'The cancelled job.' })
  @ApiProblems({
    400: MALFORMED,
    404: NOT_FOUND,
    409: { code: 'dead_letter_job_ended', when: 'The job is already finished or cancelled.' },
    422: INVALID,
  })
  cancel(
    @Param('id', IdPipe) id: number,
    @Body() body: ActorDto,
    @Req() request: FastifyRequest,
  ): Promise<DeadLetterJobDto> {
    return this.jobs.cancel(id, body, actorOf(request));
  }
}
