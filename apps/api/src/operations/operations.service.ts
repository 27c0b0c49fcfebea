import { Audits, UnitOfWork, type Actor } from '@estoque/domain';
import { DeadLetters, OutboxRelay } from '@estoque/messaging';
import { AppError, Metrics, sampled } from '@estoque/platform';
import { Injectable } from '@nestjs/common';
import { readBoundedPage, type PageQuery } from '../http/page.dto.js';
import {
  toAuditDto,
  toStuckOrderDto,
  type AuditDto,
  type AuditPageDto,
  type OutboxDto,
  type StuckOrdersDto,
} from './operations.dto.js';

const MAX_STUCK_ORDERS = 100;

class AuditNotFound extends AppError {
  constructor(message: string) {
    super('missing', 'audit_not_found', message);
  }
}

@Injectable()
export class OperationsService {
  /** The request for an audit that is being stored. */
  private auditRequest?: Promise<AuditDto>;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly audits: Audits,
    private readonly outbox: OutboxRelay,
    deadLetters: DeadLetters,
    metrics: Metrics,
  ) {
    metrics.gauge(
      'estoque_dead_letters_open',
      'Dead letters that are neither replayed nor discarded',
      sampled(() => deadLetters.countOpen()),
    );
  }

  async stuckOrders(): Promise<StuckOrdersDto> {
    return { data: (await this.unitOfWork.read.openOrders.stuck(MAX_STUCK_ORDERS)).map(toStuckOrderDto) };
  }

  /** @throws AuditNotFound if none has finished yet */
  async lastAudit(): Promise<AuditDto> {
    const audit = await this.reads.lastFinished();
    if (!audit) throw new AuditNotFound('No audit has finished yet.');
    return toAuditDto(audit);
  }

  /** Ends the page early if its audits have many discrepancies. */
  async listAudits(query: PageQuery): Promise<AuditPageDto> {
    return readBoundedPage(query, (range) => this.reads.list(range), toAuditDto);
  }

  /** @throws AuditNotFound */
  async audit(id: number): Promise<AuditDto> {
    return findAudit(this.reads, id);
  }

  /**
   * Requests an audit, or joins the one that is requested or running. order-worker runs it. Concurrent calls share one
   * request, so that they occupy one of the connections of the orders. The audit log names the caller whose request made
   * the audit.
   */
  requestAudit(actor: Actor): Promise<AuditDto> {
    this.auditRequest ??= this.createAudit(actor).finally(() => (this.auditRequest = undefined));
    return this.auditRequest;
  }

  private createAudit(actor: Actor): Promise<AuditDto> {
    return this.unitOfWork.inTransaction(async ({ sql, auditLog }) => {
      const audits = this.audits.within(sql);
      const { id, isNew } = await audits.request();
      if (isNew) await auditLog.record(actor, { action: 'audit.requested', objectId: id });
      return findAudit(audits, id);
    });
  }

  async measureOutbox(): Promise<OutboxDto> {
    return this.outbox.measure(this.unitOfWork.read.sql);
  }

  private get reads() {
    return this.audits.within(this.unitOfWork.read.sql);
  }
}

/** @throws AuditNotFound */
async function findAudit(audits: Audits, id: number): Promise<AuditDto> {
  const audit = await audits.get(id);
  if (!audit) throw new AuditNotFound(`Audit ${id} does not exist.`);
  return toAuditDto(audit);
}
