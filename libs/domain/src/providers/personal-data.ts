import { sqlClientOf } from '@estoque/database';
import { DeadLetterErasure } from '@estoque/messaging';
import type { Provider } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ErasureRunner } from '../personal-data/erasure.runner.js';
import { UnitOfWork } from '../unit-of-work.js';

/** The erasure of personal data. */
export const personalDataProviders: Provider[] = [
  {
    provide: ErasureRunner,
    inject: [UnitOfWork, DataSource],
    useFactory: (unitOfWork: UnitOfWork, dataSource: DataSource) =>
      new ErasureRunner(unitOfWork, new DeadLetterErasure(sqlClientOf(dataSource))),
  },
];
