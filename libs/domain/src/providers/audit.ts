import { sqlClientOf } from '@estoque/database';
import { APP_NAME, ENVIRONMENT } from '@estoque/platform';
import type { Provider } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { auditConnectionOf } from '../audit/audit-connection.js';
import { Audits } from '../audit/audits.js';
import { StockAudit } from '../audit/stock-audit.js';

/** The audit of the stock ledger, and the stored audits. */
export const auditProviders: Provider[] = [
  {
    provide: StockAudit,
    inject: [ENVIRONMENT, APP_NAME, DataSource],
    useFactory: (...connection: Parameters<typeof auditConnectionOf>) =>
      new StockAudit(auditConnectionOf(...connection)),
  },
  {
    provide: Audits,
    inject: [DataSource],
    useFactory: (dataSource: DataSource) => new Audits(sqlClientOf(dataSource)),
  },
];
