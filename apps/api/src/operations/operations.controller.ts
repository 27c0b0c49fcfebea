import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../http/problem.dto.js';
import { AuditDto, OutboxDto, StuckOrdersDto } from './operations.dto.js';
import { OperationsService } from './operations.service.js';

const NOTHING_SENT = { 400: { code: 'malformed_request', when: 'The request could not be read.' } };

@Controller('operations')
@ApiTags('operations')
export class OperationsController {
  constructor(private readonly operations: OperationsService) {}

  @Get('stuck-orders')
  @ApiOperation({
    operationId: 'listStuckOrders',
    summary: 'See orders that do not come on',
    description: 'Their event was published again three times or more, and nothing came of it.',
  })
  @ApiResponse({ status: 200, type: StuckOrdersDto, description: 'Stuck orders; usually none.' })
  @ApiProblems(NOTHING_SENT)
  stuckOrders(): Promise<StuckOrdersDto> {
    return this.operations.stuckOrders();
  }

  @Get('audit')
  @ApiOperation({
    operationId: 'auditStock',
    summary: 'Hold the books against each other',
    description: 'Recomputes stock from movements and reservations. It repairs nothing.',
  })
  @ApiResponse({ status: 200, type: AuditDto, description: 'Every drift; usually none.' })
  @ApiProblems(NOTHING_SENT)
  audit(): Promise<AuditDto> {
    return this.operations.audit();
  }

  @Get('outbox')
  @ApiOperation({ operationId: 'measureOutbox', summary: 'See how many events wait to be published' })
  @ApiResponse({ status: 200, type: OutboxDto, description: 'Depth and lag.' })
  @ApiProblems(NOTHING_SENT)
  outbox(): Promise<OutboxDto> {
    return this.operations.measureOutbox();
  }
}
