import { roleOf } from '@estoque/domain';
import { brokerUserOf } from '../infrastructure/broker-users.js';
import { replace } from './replace.js';
import type { NewWorker } from './worker.js';

const OVERLAYS = 'deploy/kubernetes/overlays';
const SECRETS = 'deploy/docker/secrets';
/** As in docker-compose.yml: the passwords of the development setup are well known. */
const PASSWORD = 'estoque';

const snakeCase = (name: string) => name.replaceAll('-', '_');

/** @returns the text of the files with the addresses that the worker gets in Docker Compose, by path */
export function secretFiles({ name }: NewWorker): Record<string, string> {
  const file = (suffix: string) => `${SECRETS}/${snakeCase(name)}_${suffix}`;
  return {
    [file('database_url')]: `postgresql://${roleOf(name)}_login:${PASSWORD}@postgres:5432/estoque\n`,
    [file('rabbitmq_url')]: `amqp://${brokerUserOf(name)}:${PASSWORD}@rabbitmq:5672\n`,
  };
}

/**
 * The privileges of the worker on the database, and its users in the deployments. The permissions on the broker are
 * derived by `npm run docs`.
 *
 * @returns the edit of each file, by path
 */
export function userEdits(worker: NewWorker): Record<string, (text: string) => string> {
  const kebab = worker.previous;
  const snake = snakeCase(kebab);
  const copy = (...patterns: string[]) => copyBlocks(worker, patterns);
  return {
    'libs/domain/src/database/privileges.ts': (text) => addPrivileges(text, worker),
    'docker-compose.yml': copy(
      `^ {6}${snake.toUpperCase()}_DATABASE_URL_FILE: .*\\n`,
      `^ {6}- ${snake}_database_url\\n`,
      `^ {2}${snake}_database_url: .*\\n {2}${snake}_rabbitmq_url: .*\\n`,
    ),
    'deploy/kubernetes/base/migration/job.yaml': copy(
      `^ {12}- name: ${snake.toUpperCase()}_DATABASE_URL_FILE\\n.*\\n`,
      `^ {14}- secret:\\n {18}name: database-${kebab}\\n.*\\n.*\\n.*\\n`,
    ),
    [`${OVERLAYS}/development/kustomization.yaml`]: copy(
      `^ {2}- name: database-${kebab}\\n.*\\n.*\\n`,
      `^ {2}- name: broker-${kebab}\\n.*\\n.*\\n`,
    ),
    [`${OVERLAYS}/production/postgres.yaml`]: copy(
      `^ {6}- name: estoque_${snake}\\n.*\\n {6}- name: estoque_${snake}_login\\n(?: {8}.*\\n)+`,
    ),
    [`${OVERLAYS}/production/secrets.example.yaml`]: copy(secret('database', kebab), secret('broker', kebab)),
    [`${OVERLAYS}/external/secrets.example.yaml`]: copy(secret('database', kebab), secret('broker', kebab)),
  };
}

/** Pattern of a Secret that is not the last document of its file. */
const secret = (kind: string, app: string) =>
  `^apiVersion: v1\\nkind: Secret\\nmetadata:\\n {2}name: ${kind}-${app}\\n[^]*?\\n---\\n`;

/** @returns an edit that adds a copy of each block of lines of the app before the worker, with the worker's name */
const copyBlocks =
  ({ name, previous }: NewWorker, patterns: string[]) =>
  (text: string) => {
    const rename = (block: string) =>
      block
        .replaceAll(previous, name)
        .replaceAll(snakeCase(previous), snakeCase(name))
        .replaceAll(snakeCase(previous).toUpperCase(), snakeCase(name).toUpperCase());
    return patterns.reduce(
      (edited, pattern) => replace(edited, new RegExp(pattern, 'm'), (block) => block + rename(block)),
      text,
    );
  };

/** What the generated service needs: it confirms events. Every app measures the outbox and reports itself. A worker records deliveries that had no effect. */
function addPrivileges(text: string, { name }: NewWorker): string {
  const orders = replace(text, /(\n {2}orders: \{\n)/, `$1    '${name}': ['SELECT', ORDER_CONFIRMATION],\n`);
  const outbox = replace(orders, /(\n {2}outbox: \{\n)/, `$1    '${name}': ['SELECT'],\n`);
  const dryRuns = `$1    '${name}': ['SELECT', 'UPDATE (claimed, result)'],\n`;
  const withDryRuns = replace(outbox, /(\n {2}dry_runs: \{\n)/, dryRuns);
  const withReports = replace(withDryRuns, /(\n {2}process_reports: \{\n)/, `$1    '${name}': REPORT,\n`);
  const withProcess = replace(withReports, /(\n {2}processes: \{\n)/, `$1    '${name}': PROCESS,\n`);
  return replace(withProcess, /(\n {2}delivery_log: \{\n)/, `$1    '${name}': DELIVERY_LOG,\n`);
}
