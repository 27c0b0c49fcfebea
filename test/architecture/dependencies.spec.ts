import { catalogue } from '@estoque/domain';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { APP_NAMES } from '../../apps/manifest.js';

/** Reads all TypeScript files of a folder except specs. */
function readSources(folder: string) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/spec\.ts$/.test(file))
    .map((file) => ({ file: join(folder, file), text: readFileSync(join(folder, file), 'utf8') }));
}

const events = Object.values(catalogue);

describe('Event contracts', () => {
  const code = APP_NAMES.flatMap((app) =>
    readSources(join('apps', app, 'src')).map(({ text }) => ({ app, text })),
  );
  const consumersOf = (event: string) =>
    code.filter(({ text }) => text.includes(`@EventPattern<string>('${event}')`));

  it.each(events)('$name has one handler for each queue that it is bound to', ({ name, consumedBy }) => {
    expect(consumersOf(name)).toHaveLength(consumedBy.length);
    expect(consumedBy.length).toBeGreaterThan(0);
  });

  it.each(events)(
    '$name is defined in the file of the same name, with an example that matches its schema',
    (event) => {
      const text = readFileSync(join('libs/domain/src/events', `${event.name}.ts`), 'utf8');
      expect(text).toContain(`name: '${event.name}'`);
      expect(event.payload.safeParse(event.example).error).toBeUndefined();
    },
  );
});

/** Temporary files violate each rule once, in a folder that the rule covers. dependency-cruiser must report each of them. */
describe('The dependency rules', () => {
  const violations: [rule: string, folder: string, text: string][] = [
    [
      'apps-do-not-import-apps',
      'apps/order-worker/src',
      "export * from '../../stock-worker/src/stock.consumer.js';",
    ],
    ['libs-do-not-import-apps', 'libs/domain/src', "export * from '../../../apps/api/src/api.module.js';"],
    ['platform-does-not-import-libs', 'libs/platform/src', "export * from '@estoque/messaging';"],
    ['database-does-not-import-messaging-or-domain', 'libs/database/src', "export * from '@estoque/domain';"],
    ['only-database-imports-the-driver', 'libs/domain/src', "export * from 'pg';"],
    ['messaging-does-not-import-domain', 'libs/messaging/src', "export * from '@estoque/domain';"],
    ['domain-does-not-import-transports', 'libs/domain/src', "export * from '@nestjs/microservices';"],
    ['only-messaging-imports-amqp', 'apps/api/src', "export * from 'amqplib';"],
    ['apps-do-not-import-database-clients', 'apps/api/src', "export * from 'typeorm';"],
    ['client-imports-nothing-of-the-repository', 'libs/client/src', "export * from '@estoque/platform';"],
    ['production-does-not-import-the-client', 'apps/api/src', "export * from '@estoque/client';"],
    ['console-imports-only-the-client', 'apps/console/src', "export * from '@estoque/platform';"],
    ['production-does-not-import-tests', 'apps/api/src', "export * from '../../../test/support/until.js';"],
    ['no-cycles', 'apps/api/src', "export * from './violation.js';"],
    ['no-unresolvable', 'apps/api/src', "export * from './nowhere.js';"],
  ];

  let reported: { from: string; rule: string }[];

  beforeAll(() => {
    const temporaryFolders: string[] = [];
    try {
      for (const [rule, folder, text] of violations) {
        // A new folder, one level deeper than the text expects, so that no existing file is changed. The launcher test
        // skips folders with this prefix when it copies the project (test/launcher/clone.ts).
        const temporaryFolder = mkdtempSync(join(folder, `broken-${rule}-`));
        temporaryFolders.push(temporaryFolder);
        writeFileSync(join(temporaryFolder, 'violation.ts'), text.replace("'../", "'../../"));
      }
      const args = ['node_modules/dependency-cruiser/bin/dependency-cruise.mjs', '--output-type', 'json'];
      const { stdout } = spawnSync(process.execPath, [...args, ...temporaryFolders], {
        encoding: 'utf8',
        maxBuffer: 64 * 1024 * 1024,
      });
      const { summary } = JSON.parse(stdout) as {
        summary: { violations: { from: string; rule: { name: string } }[] };
      };
      reported = summary.violations.map(({ from, rule }) => ({ from, rule: rule.name }));
    } finally {
      for (const folder of temporaryFolders) rmSync(folder, { recursive: true });
    }
  });

  it.each(violations)('report a violation of %s', (rule, folder) => {
    const ownViolations = reported.filter(({ from }) => from.startsWith(join(folder, `broken-${rule}-`)));
    expect(ownViolations.map((violation) => violation.rule)).toContain(rule);
  });
});
