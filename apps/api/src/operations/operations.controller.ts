import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../http/problem.dto.js';
import { AuditDto, OutboxDto, StuckOrdersDto } from './operations.dto.js';
import { OperationsService } from './operations.service.js';

const NO_INPUT = { 400: { code: 'malformed_request', when: 'The request is malformed.' } };

@Controller('operations')
@ApiTags('operations')
export class OperationsController {
  constructor(private readonly operations: OperationsService) {}

  @Get('stuck-orders')
  @ApiOperation({
    operationId: 'listStuckOrders',
    summary: 'List stuck orders',
    description:
      'Orders whose events the watchdog has republished at least three times and that have still not progressed.',
  })
  @ApiResponse({ status: 200, type: StuckOrdersDto, description: 'At most 100 stuck orders; normally none.' })
  @ApiProblems(NO_INPUT)
  stuckOrders(): Promise<StuckOrdersDto> {
    return this.operations.stuckOrders();
  }

  @Get('audit')
  @ApiOperation({
    operationId: 'auditStock',
    summary: 'Reconcile the stock ledger',
    description:
      'Recomputes stock from movements and reservations and reports at most 1,000 discrepancies. Nothing is repaired.',
  })
  @ApiResponse({ status: 200, type: AuditDto, description: 'At most 1,000 discrepancies; normally none.' })
  @ApiProblems(NO_INPUT)
  audit(): Promise<AuditDto> {
    return this.operations.audit();
  }

  @Get('outbox')
  @ApiOperation({ operationId: 'measureOutbox', summary: 'Get the depth and lag of the outbox' })
  @ApiResponse({
    status: 200,
    type: OutboxDto,
    description: 'Number of events in the outbox, and the age of the oldest one.',
  })
  @ApiProblems(NO_INPUT)
  outbox(): Promise<OutboxDto> {
    return this.operations.measureOutbox();
  }
}
