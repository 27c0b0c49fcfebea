import {
  FLOW_RESOLUTIONS,
  MAX_LOGGED_DELIVERIES,
  MAX_STORED_AUDITS,
  UnitOfWork,
  type RetentionRun,
} from '@estoque/domain';
import { ENVIRONMENT, environmentSchema, SECRET_VARIABLES, type Environment } from '@estoque/platform';
import { Inject, Injectable } from '@nestjs/common';
import type { ConfigurationDto, MigrationDto, RetentionDto, VariableDto } from './configuration.dto.js';

@Injectable()
export class ConfigurationService {
  private readonly variables: VariableDto[];
  private readonly retention: RetentionDto[];

  constructor(
    private readonly unitOfWork: UnitOfWork,
    @Inject(ENVIRONMENT) environment: Environment,
  ) {
    this.variables = Object.keys(environmentSchema.shape).map((name) =>
      toVariableDto(name, environment[name as keyof Environment]),
    );
    this.retention = retentionOf(environment);
  }

  async get(): Promise<ConfigurationDto> {
    const migrations = await this.unitOfWork.read.sql.query<MigrationDto>(
      'SELECT name FROM migrations ORDER BY timestamp',
    );
    const runs = await this.unitOfWork.read.retentionRuns.list();
    const retention = this.retention.map((rule) =>
      withLastRun(
        rule,
        runs.find(({ data }) => data === rule.data),
      ),
    );
    return { node_version: process.version, migrations, retention, variables: this.variables };
  }
}

/** Far above the interval of the runs, which is 10 minutes at most. */
const OVERDUE_SECONDS = 3_600;

/** A run that has never ended is overdue when this process has run for that time. */
function withLastRun(rule: RetentionDto, run: RetentionRun | undefined): RetentionDto {
  const isPeriodic = rule.variable !== null && rule.seconds !== null;
  const age = run?.age_seconds ?? process.uptime();
  return {
    ...rule,
    last_run: run
      ? {
          ended_at: run.ended_at.toISOString(),
          deleted: run.deleted,
          error: run.error,
          last_deletion_at: run.last_deletion_at?.toISOString() ?? null,
          last_deletion_count: run.last_deletion_count,
        }
      : null,
    is_overdue: isPeriodic && age > OVERDUE_SECONDS,
  };
}

function toVariableDto(name: string, value: unknown): VariableDto {
  const is_secret = (SECRET_VARIABLES as readonly string[]).includes(name);
  const is_set = value !== undefined;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return { name, value: is_secret || !is_set ? null : text, is_secret, is_set };
}

const HOUR = 3_600;
const DAY = 24 * HOUR;

function retentionOf(environment: Environment): RetentionDto[] {
  const after = (
    data: RetentionDto['data'],
    variable: keyof Environment & `${string}_${'DAYS' | 'HOURS'}`,
    max_count: number | null = null,
  ): RetentionDto => {
    const value = environment[variable];
    const unit = variable.endsWith('_DAYS') ? DAY : HOUR;
    return { data, variable, seconds: value === undefined ? null : value * unit, max_count };
  };
  const fixed = (data: RetentionDto['data'], limits: Partial<RetentionDto>): RetentionDto => ({
    data,
    variable: null,
    seconds: null,
    max_count: null,
    ...limits,
  });
  return [
    after('timelines_and_mails', 'RETENTION_DAYS'),
    after('customers', 'CUSTOMER_RETENTION_DAYS'),
    after('idempotency_keys', 'IDEMPOTENCY_RETENTION_HOURS'),
    after('closed_dead_letters', 'DEAD_LETTER_RETENTION_DAYS', environment.MAX_DEAD_LETTERS),
    after('audit_log', 'AUDIT_LOG_RETENTION_DAYS'),
    after('webhook_events', 'WEBHOOK_RETENTION_DAYS'),
    fixed('audits', { max_count: MAX_STORED_AUDITS }),
    fixed('deliveries', { max_count: MAX_LOGGED_DELIVERIES }),
    fixed('flow_samples', { seconds: FLOW_RESOLUTIONS.at(-1)!.keptSeconds }),
  ];
}
