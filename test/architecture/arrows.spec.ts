import { catalogue } from '@estoque/domain';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { APP_NAMES } from '../../apps/manifest.js';

/** Files of a folder with their text, specs left out. */
function sources(folder: string) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/spec\.ts$/.test(file))
    .map((file) => ({ file: join(folder, file), text: readFileSync(join(folder, file), 'utf8') }));
}

const apps = APP_NAMES;
const events = Object.values(catalogue);

describe('Events', () => {
  const code = apps.flatMap((app) => sources(join('apps', app, 'src')).map(({ text }) => ({ app, text })));
  const consumersOf = (event: string) =>
    code.filter(({ text }) => text.includes(`@EventPattern<string>('${event}')`));

  it.each(events)('$name has one handler for each queue that it is bound to', ({ name, consumedBy }) => {
    expect(consumersOf(name)).toHaveLength(consumedBy.length);
    expect(consumedBy.length).toBeGreaterThan(0);
  });

  it.each(events)(
    '$name is defined in the file of its name, with an example that keeps its contract',
    (event) => {
      const text = readFileSync(join('libs/domain/src/events', `${event.name}.ts`), 'utf8');
      expect(text).toContain(`name: '${event.name}'`);
      expect(event.payload.safeParse(event.example).error).toBeUndefined();
    },
  );
});

/** Each rule is broken once, on purpose, and must be seen. The files are put where the rule looks and taken away again. */
describe('Each arrow, broken once', () => {
  const broken: [rule: string, folder: string, text: string][] = [
    ['apps-keep-apart', 'apps/order-worker/src', "export * from '../../stock-worker/src/stock.consumer.js';"],
    ['libs-know-no-app', 'libs/domain/src', "export * from '../../../apps/api/src/api.module.js';"],
    ['platform-is-at-the-bottom', 'libs/platform/src', "export * from '@estoque/messaging';"],
    ['database-knows-no-business', 'libs/database/src', "export * from '@estoque/domain';"],
    ['only-database-opens-connections', 'libs/domain/src', "export * from 'pg';"],
    ['messaging-knows-no-business', 'libs/messaging/src', "export * from '@estoque/domain';"],
    ['domain-knows-no-transport', 'libs/domain/src', "export * from '@nestjs/microservices';"],
    ['only-messaging-touches-a-channel', 'apps/api/src', "export * from 'amqplib';"],
    ['only-repositories-write-sql', 'apps/api/src', "export * from 'typeorm';"],
    ['no-tests-in-the-product', 'apps/api/src', "export * from '../../../test/support/until.js';"],
    ['no-unresolvable', 'apps/api/src', "export * from './nowhere.js';"],
  ];

  let seen: { from: string; rule: string }[];

  beforeAll(() => {
    const places: string[] = [];
    try {
      for (const [rule, folder, text] of broken) {
        // A folder of its own, one step deeper than the text says, so that nothing else is touched.
        const place = mkdtempSync(join(folder, `broken-${rule}-`));
        places.push(place);
        writeFileSync(
          join(place, 'broken.ts'),
          text.replace(/'(\.\.?\/)/, (_, up: string) => (up === './' ? "'./" : "'../../")),
        );
      }
      const args = ['node_modules/dependency-cruiser/bin/dependency-cruise.mjs', '--output-type', 'json'];
      const { stdout } = spawnSync(process.execPath, [...args, ...places], {
        encoding: 'utf8',
        maxBuffer: 64 * 1024 * 1024,
      });
      const { summary } = JSON.parse(stdout) as {
        summary: { violations: { from: string; rule: { name: string } }[] };
      };
      seen = summary.violations.map(({ from, rule }) => ({ from, rule: rule.name }));
    } finally {
      for (const place of places) rmSync(place, { recursive: true });
    }
  });

  it.each(broken)('%s is seen', (rule, folder) => {
    const ours = seen.filter(({ from }) => from.startsWith(join(folder, `broken-${rule}-`)));
    expect(ours.map((each) => each.rule)).toContain(rule);
  });
});
