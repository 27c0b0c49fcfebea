import { readSnapshotAge, sqlClientOf } from '@estoque/database';
import { Metrics } from '@estoque/platform';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** Exports the age of the oldest snapshot in the database server (docs/adr/0021). */
@Injectable()
export class SnapshotAgeService {
  constructor(dataSource: DataSource, metrics: Metrics) {
    metrics.gauge(
      'estoque_database_snapshot_age_seconds',
      'Age of the oldest snapshot, which keeps deleted row versions',
      () => readSnapshotAge(sqlClientOf(dataSource)),
    );
  }
}
