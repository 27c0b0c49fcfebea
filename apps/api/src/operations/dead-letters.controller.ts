import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { IdPipe } from '../http/id.pipe.js';
import { ApiProblems, INVALID, MALFORMED } from '../http/problem.dto.js';
import { respond } from '../idempotency/answer-once.js';
import { ApiIdempotent } from '../idempotency/idempotency.decorators.js';
import {
  ActorDto,
  DeadLetterPageDto,
  DeadLetterQuery,
  FilteredActionDto,
  FilteredResultDto,
  DeadLetterDetailsDto,
} from './dead-letters.dto.js';
import { DeadLettersService } from './dead-letters.service.js';

const NOT_FOUND = { code: 'dead_letter_not_found', when: 'The dead letter does not exist.' };
const NOT_OPEN = { code: 'dead_letter_closed', when: 'The dead letter is already replayed or discarded.' };

const DETAILS_RESPONSE = {
  status: 200,
  type: DeadLetterDetailsDto,
  description: 'The dead letter with its history of actions.',
};

@Controller('dead-letters')
@ApiTags('operations')
export class DeadLettersController {
  constructor(private readonly deadLetters: DeadLettersService) {}

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

  @Post('replay')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'replayDeadLetters',
    summary: 'Replay all open dead letters that match a filter',
    description:
      'Publishes each message to its original queue. At most 1,000 per call, oldest first; `remaining` is the number of matching open dead letters left.',
  })
  @ApiResponse({
    status: 200,
    type: FilteredResultDto,
    description: 'The number of dead letters selected, and of those that remain open.',
  })
  @ApiIdempotent({ 400: MALFORMED, 422: INVALID })
  replayAll(
    @Body() body: FilteredActionDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<FilteredResultDto> {
    return respond(reply, (keyed) => this.deadLetters.actOnAll('replay', body, keyed));
  }

  @Post('discard')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'discardDeadLetters',
    summary: 'Discard all open dead letters that match a filter',
    description:
      'At most 1,000 per call, oldest first. Discarded dead letters are kept and can still be read.',
  })
  @ApiResponse({
    status: 200,
    type: FilteredResultDto,
    description: 'The number of dead letters selected, and of those that remain open.',
  })
  @ApiIdempotent({ 400: MALFORMED, 422: INVALID })
  discardAll(
    @Body() body: FilteredActionDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<FilteredResultDto> {
    return respond(reply, (keyed) => this.deadLetters.actOnAll('discard', body, keyed));
  }

  @Get(':id')
  @ApiOperation({ operationId: 'getDeadLetter', summary: 'Get a dead letter with its unmodified body' })
  @ApiParam({ name: 'id', type: 'integer', example: 7 })
  @ApiResponse(DETAILS_RESPONSE)
  @ApiProblems({ 400: MALFORMED, 404: NOT_FOUND })
  get(@Param('id', IdPipe) id: number): Promise<DeadLetterDetailsDto> {
    return this.deadLetters.get(id);
  }

  @Post(':id/replay')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'replayDeadLetter',
    summary: 'Replay a dead letter',
    description:
      'Publishes the unmodified message to its original queue, with its attempts reset. If it fails again, the dead letter becomes open again.',
  })
  @ApiParam({ name: 'id', type: 'integer', example: 7 })
  @ApiResponse(DETAILS_RESPONSE)
  @ApiIdempotent({ 400: MALFORMED, 404: NOT_FOUND, 409: NOT_OPEN, 422: INVALID })
  replay(
    @Param('id', IdPipe) id: number,
    @Body() body: ActorDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DeadLetterDetailsDto> {
    return respond(reply, (keyed) => this.deadLetters.act('replay', id, body, keyed));
  }

  @Post(':id/discard')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'discardDeadLetter',
    summary: 'Discard a dead letter; it is kept and can still be read',
  })
  @ApiParam({ name: 'id', type: 'integer', example: 7 })
  @ApiResponse(DETAILS_RESPONSE)
  @ApiIdempotent({ 400: MALFORMED, 404: NOT_FOUND, 409: NOT_OPEN, 422: INVALID })
  discard(
    @Param('id', IdPipe) id: number,
    @Body() body: ActorDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DeadLetterDetailsDto> {
    return respond(reply, (keyed) => this.deadLetters.act('discard', id, body, keyed));
  }
}
