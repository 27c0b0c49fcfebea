import { Controller, Get, Param } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Requires } from '../access/requires.decorator.js';
import { IdPipe } from '../http/id.pipe.js';
import { ApiProblems, MALFORMED } from '../http/problem.dto.js';
import { JourneyDto } from './journey.dto.js';
import { JourneyService } from './journey.service.js';

@Controller('orders')
@ApiTags('orders')
export class JourneyController {
  constructor(private readonly journeys: JourneyService) {}

  @Requires('operations:read')
  @Get(':id/journey')
  @ApiOperation({
    operationId: 'getOrderJourney',
    summary: 'Get everything that happened to an order',
    description:
      'The request, steps, messages, stock movements, payment attempts, mails, webhooks and dead letters of the order, with their times and the process that did it. A `delivery` is one that had no effect: it was a duplicate, was retried, or was dead-lettered; the latest 100,000 of all orders are kept. A `republication` is the last one by the watchdog in the present status. It contains no personal data. Steps and mails that were deleted by the retention are missing.',
  })
  @ApiParam({ name: 'id', type: 'integer', example: 123 })
  @ApiResponse({ status: 200, type: JourneyDto, description: 'The journey of the order.' })
  @ApiProblems({ 400: MALFORMED, 404: { code: 'order_not_found', when: 'The order does not exist.' } })
  get(@Param('id', IdPipe) id: number): Promise<JourneyDto> {
    return this.journeys.get(id);
  }
}
