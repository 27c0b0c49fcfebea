import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Requires } from '../access/requires.decorator.js';
import { ApiProblems, INVALID, MALFORMED } from '../http/problem.dto.js';
import { AuditLogPageDto, AuditLogQuery } from './audit-log.dto.js';
import { AuditLogService } from './audit-log.service.js';

@Controller('audit-log')
@ApiTags('operations')
export class AuditLogController {
  constructor(private readonly auditLog: AuditLogService) {}

  @Requires('operations:read', { isCostly: true })
  @Get()
  @ApiOperation({
    operationId: 'listAuditLog',
    summary: 'List the changes that users and API keys have made, newest first',
    description: 'Placing an order is not listed: the order is the record of it.',
  })
  @ApiResponse({ status: 200, type: AuditLogPageDto, description: 'A page of the audit log.' })
  @ApiProblems({ 400: MALFORMED, 422: INVALID })
  list(@Query() query: AuditLogQuery): Promise<AuditLogPageDto> {
    return this.auditLog.list(query);
  }
}
