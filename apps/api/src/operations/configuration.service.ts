import { UnitOfWork } from '@estoque/domain';
import { ENVIRONMENT, environmentSchema, SECRET_VARIABLES, type Environment } from '@estoque/platform';
import { Inject, Injectable } from '@nestjs/common';
import type { ConfigurationDto, MigrationDto, VariableDto } from './configuration.dto.js';

@Injectable()
export class ConfigurationService {
  private readonly variables: VariableDto[];

  constructor(
    private readonly unitOfWork: UnitOfWork,
    @Inject(ENVIRONMENT) environment: Environment,
  ) {
    this.variables = Object.keys(environmentSchema.shape).map((name) =>
      toVariableDto(name, environment[name as keyof Environment]),
    );
  }

  async get(): Promise<ConfigurationDto> {
    const migrations = await this.unitOfWork.read.sql.query<MigrationDto>(
      'SELECT name FROM migrations ORDER BY timestamp',
    );
    return { node_version: process.version, migrations, variables: this.variables };
  }
}

function toVariableDto(name: string, value: unknown): VariableDto {
  const is_secret = (SECRET_VARIABLES as readonly string[]).includes(name);
  const is_set = value !== undefined;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return { name, value: is_secret || !is_set ? null : text, is_secret, is_set };
}
