import { UnitOfWork, type AuditLogFilter } from '@estoque/domain';
import { Injectable } from '@nestjs/common';
import { pageStart, toPage } from '../http/page.dto.js';
import { toAuditLogEntryDto, type AuditLogPageDto, type AuditLogQuery } from './audit-log.dto.js';

@Injectable()
export class AuditLogService {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async list({ actor, action, object, at_from, at_to, ...page }: AuditLogQuery): Promise<AuditLogPageDto> {
    const rows = await this.unitOfWork.read.auditLog.list({
      actor,
      action,
      object: object === undefined ? undefined : parseObject(object),
      from: at_from === undefined ? undefined : new Date(at_from),
      to: at_to === undefined ? undefined : new Date(at_to),
      ...pageStart(page),
    });
    return toPage(rows, page.limit, toAuditLogEntryDto);
  }
}

function parseObject(text: string): AuditLogFilter['object'] {
  const [type, id] = text.split(':') as [string, string];
  return { type, id };
}
