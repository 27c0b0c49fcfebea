import { SnapshotAge } from '@estoque/domain';
import { Metrics, sampled } from '@estoque/platform';
import { Injectable } from '@nestjs/common';

/** Exports the age of the oldest snapshot in the database server (docs/adr/0021). */
@Injectable()
export class SnapshotAgeService {
  constructor(snapshotAge: SnapshotAge, metrics: Metrics) {
    metrics.gauge(
      'estoque_database_snapshot_age_seconds',
      'Age of the oldest snapshot, which keeps deleted row versions',
      sampled(() => snapshotAge.read()),
    );
  }
}
