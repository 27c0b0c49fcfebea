import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { IdPipe } from '../http/id.pipe.js';
import { ApiProblems, INVALID, MALFORMED } from '../http/problem.dto.js';
import {
  ActorDto,
  DeadLetterPageDto,
  DeadLetterQuery,
  FilteredActionDto,
  FilteredResultDto,
  DeadLetterDetailsDto,
} from './dead-letters.dto.js';
import { DeadLettersService } from './dead-letters.service.js';

const NOT_FOUND = { code: 'dead_letter_not_found', when: 'There is no such dead letter.' };
const NOT_PARKED = { code: 'dead_letter_closed', when: 'It is replayed or discarded already.' };

const WHOLE = {
  status: 200,
  type: DeadLetterDetailsDto,
  description: 'The dead letter and what was done to it.',
};

@Controller('dead-letters')
@ApiTags('operations')
export class DeadLettersController {
  constructor(private readonly letters: DeadLettersService) {}

  @Get()
  @ApiOperation({
    operationId: 'listDeadLetters',
    summary: 'List messages that nobody could handle, newest first',
  })
  @ApiResponse({ status: 200, type: DeadLetterPageDto, description: 'A page of dead letters.' })
  @ApiProblems({ 400: MALFORMED, 422: INVALID })
  list(@Query() query: DeadLetterQuery): Promise<DeadLetterPageDto> {
    return this.letters.list(query);
  }

  @Post('replay')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'replayDeadLetters',
    summary: 'Send all that fit a filter back to their queues',
    description:
      'At most 1,000 in one call, oldest first; `remaining` is the number of matching open dead letters left.',
  })
  @ApiResponse({ status: 200, type: FilteredResultDto, description: 'What was done.' })
  @ApiProblems({ 400: MALFORMED, 422: INVALID })
  replayAll(@Body() body: FilteredActionDto): Promise<FilteredResultDto> {
    return this.letters.actOnAll('replay', body);
  }

  @Post('discard')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'discardDeadLetters',
    summary: 'Discard all that fit a filter',
    description: 'At most 1,000 in one call, oldest first. They stay on record.',
  })
  @ApiResponse({ status: 200, type: FilteredResultDto, description: 'What was done.' })
  @ApiProblems({ 400: MALFORMED, 422: INVALID })
  discardAll(@Body() body: FilteredActionDto): Promise<FilteredResultDto> {
    return this.letters.actOnAll('discard', body);
  }

  @Get(':id')
  @ApiOperation({ operationId: 'getDeadLetter', summary: 'Read a dead letter, byte for byte' })
  @ApiParam({ name: 'id', type: 'integer', example: 7 })
  @ApiResponse(WHOLE)
  @ApiProblems({ 400: MALFORMED, 404: NOT_FOUND })
  get(@Param('id', IdPipe) id: number): Promise<DeadLetterDetailsDto> {
    return this.letters.get(id);
  }

  @Post(':id/replay')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'replayDeadLetter',
    summary: 'Send one back to the queue that it came from',
    description: 'As it was, and as if for the first time. Where it fails again, it is parked again.',
  })
  @ApiParam({ name: 'id', type: 'integer', example: 7 })
  @ApiResponse(WHOLE)
  @ApiProblems({ 400: MALFORMED, 404: NOT_FOUND, 409: NOT_PARKED, 422: INVALID })
  replay(@Param('id', IdPipe) id: number, @Body() body: ActorDto): Promise<DeadLetterDetailsDto> {
    return this.letters.act('replay', id, body);
  }

  @Post(':id/discard')
  @HttpCode(200)
  @ApiOperation({ operationId: 'discardDeadLetter', summary: 'Discard one; it stays on record' })
  @ApiParam({ name: 'id', type: 'integer', example: 7 })
  @ApiResponse(WHOLE)
  @ApiProblems({ 400: MALFORMED, 404: NOT_FOUND, 409: NOT_PARKED, 422: INVALID })
  discard(@Param('id', IdPipe) id: number, @Body() body: ActorDto): Promise<DeadLetterDetailsDto> {
    return this.letters.act('discard', id, body);
  }
}
