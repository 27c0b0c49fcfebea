import { join } from 'node:path';
import { startInfrastructure, type Infrastructure } from './infrastructure/infrastructure.js';
import type { TestRun } from './infrastructure/test-run.js';

/** Starts servers for a test run. Their data are deleted with its files. */
export function startTestServers(
  { root, dir, processes }: TestRun,
  printWorking: (step: string, text: string) => void,
): Promise<Infrastructure> {
  return startInfrastructure({
    root,
    dir,
    processes,
    progress: { working: printWorking, done: () => undefined },
    logs: join(dir, 'logs'),
    wellKnownPorts: false,
    given: {},
    ephemeral: true,
  });
}

/** @returns the environment variables from which test/support reads the addresses of the servers */
export function testEnvironment({
  databaseUrl,
  rabbitmqUrl,
  managementUrl,
  smtpUrl,
  mailboxUrl,
}: Infrastructure): Record<string, string | undefined> {
  const postgres = new URL(databaseUrl);
  postgres.pathname = '/postgres'; // each spec creates a database of its own
  return {
    TEST_DATABASE_URL: postgres.href,
    TEST_RABBITMQ_URL: rabbitmqUrl,
    TEST_RABBITMQ_MANAGEMENT_URL: managementUrl,
    TEST_SMTP_URL: smtpUrl,
    TEST_MAILBOX_URL: mailboxUrl,
  };
}
