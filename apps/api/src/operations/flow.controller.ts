import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Requires } from '../access/requires.decorator.js';
import { ApiProblems, INVALID, MALFORMED } from '../http/problem.dto.js';
import { FlowDto, FlowHistoryDto, FlowHistoryQuery } from './flow.dto.js';
import { FlowService } from './flow.service.js';

@Controller('operations/flow')
@ApiTags('operations')
export class FlowController {
  constructor(private readonly flow: FlowService) {}

  @Requires('operations:read')
  @Get()
  @ApiOperation({
    operationId: 'getFlow',
    summary: 'Get queues, processes and outbox',
    description:
      'Where messages are at the moment, which processes handle them, and what is wrong. Measured every two seconds at most. Each process reports itself every five seconds; rates are those of the last ten seconds.',
  })
  @ApiResponse({ status: 200, type: FlowDto, description: 'The state of the flow.' })
  @ApiProblems({ 400: MALFORMED })
  current(): Promise<FlowDto> {
    return this.flow.current();
  }

  @Requires('operations:read')
  @Get('history')
  @ApiOperation({
    operationId: 'getFlowHistory',
    summary: 'Get the flow of the last 15 minutes or 24 hours',
    description:
      'Samples for charts: every ten seconds for `15m`, every five minutes for `24h`. A sample is missing if no api was running.',
  })
  @ApiResponse({ status: 200, type: FlowHistoryDto, description: 'At most about 290 samples.' })
  @ApiProblems({ 400: MALFORMED, 422: INVALID })
  history(@Query() { period = '15m' }: FlowHistoryQuery): Promise<FlowHistoryDto> {
    return this.flow.history(period);
  }
}
