export class VariableDto {
  /** @example "PREFETCH" */
  name!: string;
  /** Null if it is unset, or if it contains a secret. @example "200" */
  value!: string | null;
  /** Whether the variable contains a secret, which is not shown. @example false */
  is_secret!: boolean;
  /** Whether it has a value, also by default. @example true */
  is_set!: boolean;
}

export class MigrationDto {
  /** @example "Initial1765000000000" */
  name!: string;
}

export class ConfigurationDto {
  /** Version of Node.js. @example "v24.21.0" */
  node_version!: string;
  /** Migrations of the database, oldest first. */
  migrations!: MigrationDto[];
  /** Environment variables of the process that answered. */
  variables!: VariableDto[];
}
