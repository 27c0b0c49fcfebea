import { Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Requires } from '../access/requires.decorator.js';
import { actorOf } from '../audit-log/actor.js';
import { IdPipe } from '../http/id.pipe.js';
import { PageQuery } from '../http/page.dto.js';
import { ApiProblems, INVALID, MALFORMED } from '../http/problem.dto.js';
import { AuditDto, AuditPageDto, OutboxDto, StuckOrdersDto } from './operations.dto.js';
import { OperationsService } from './operations.service.js';

const NO_INPUT = { 400: { code: 'malformed_request', when: 'The request is malformed.' } };

@Controller('operations')
@ApiTags('operations')
export class OperationsController {
  constructor(private readonly operations: OperationsService) {}

  @Requires('operations:read', { isCostly: true })
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

  @Requires('operations:read')
  @Get('audit')
  @ApiOperation({
    operationId: 'getLastAudit',
    summary: 'Get the last audit of the stock ledger',
    description:
      'The audit that finished last. order-worker audits periodically; `POST` requests an audit now. An audit recomputes stock from movements and reservations. Nothing is repaired.',
  })
  @ApiResponse({ status: 200, type: AuditDto, description: 'At most 1,000 discrepancies; normally none.' })
  @ApiProblems({ ...NO_INPUT, 404: { code: 'audit_not_found', when: 'No audit has finished yet.' } })
  lastAudit(): Promise<AuditDto> {
    return this.operations.lastAudit();
  }

  @Requires('operations:write', { isCostly: true })
  @Post('audit')
  @HttpCode(202)
  @ApiOperation({
    operationId: 'requestAudit',
    summary: 'Request an audit of the stock ledger',
    description:
      'order-worker runs the audit in the background. If an audit is requested or running already, it is returned. Poll the URL in `Location` for the result.',
  })
  @ApiResponse({
    status: 202,
    type: AuditDto,
    description: 'The audit will be run.',
    headers: {
      Location: {
        description: 'URL of the audit',
        schema: { type: 'string', example: '/v1/operations/audits/12' },
      },
    },
  })
  @ApiProblems(NO_INPUT)
  async requestAudit(@Res({ passthrough: true }) reply: FastifyReply): Promise<AuditDto> {
    const audit = await this.operations.requestAudit(actorOf(reply.request));
    reply.header('location', `/v1/operations/audits/${audit.id}`);
    return audit;
  }

  @Requires('operations:read', { isCostly: true })
  @Get('audits')
  @ApiOperation({
    operationId: 'listAudits',
    summary: 'List audits of the stock ledger, newest first',
    description: 'The last 100 audits are kept.',
  })
  @ApiResponse({ status: 200, type: AuditPageDto, description: 'A page of audits.' })
  @ApiProblems({ 400: MALFORMED, 422: INVALID })
  audits(@Query() query: PageQuery): Promise<AuditPageDto> {
    return this.operations.listAudits(query);
  }

  @Requires('operations:read')
  @Get('audits/:id')
  @ApiOperation({
    operationId: 'getAudit',
    summary: 'Get an audit of the stock ledger',
    description: 'The last 100 audits are kept.',
  })
  @ApiParam({ name: 'id', type: 'integer', example: 12 })
  @ApiResponse({
    status: 200,
    type: AuditDto,
    description: 'The audit, with its result if it has succeeded.',
  })
  @ApiProblems({ ...NO_INPUT, 404: { code: 'audit_not_found', when: 'The audit does not exist.' } })
  audit(@Param('id', IdPipe) id: number): Promise<AuditDto> {
    return this.operations.audit(id);
  }

  @Requires('operations:read')
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
