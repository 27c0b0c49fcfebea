import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const adapters = readdirSync('libs')
  .map((lib) => `libs/${lib}/src/adapters`)
  .filter((folder) => existsSync(folder))
  .flatMap((folder) => readdirSync(folder).map((file) => `${folder}/${file}`))
  .filter((file) => file.endsWith('.ts') && !file.endsWith('spec.ts'));

const installedVersion = (library: string): string => {
  const manifest = readFileSync(join('node_modules', library, 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
};

/** @returns a line for each library whose version changed, or for the missing list of libraries */
function outdatedChecks(adapter: string, checkedAgainst: Record<string, string> = {}): string[] {
  const checks = Object.entries(checkedAgainst);
  if (checks.length === 0)
    return [`${adapter} must export CHECKED_AGAINST with the version of each library that it adapts`];
  return checks
    .filter(([library, version]) => installedVersion(library) !== version)
    .map(
      ([library, version]) =>
        `${library} changed from ${version} to ${installedVersion(library)}: check ${adapter} again`,
    );
}

describe('Adapters to private members of libraries', () => {
  it('exist only in libs/database and libs/messaging', () => {
    const libs = new Set(adapters.map((adapter) => adapter.split('/')[1]));
    expect(libs).toEqual(new Set(['database', 'messaging']));
  });

  it.each(adapters)('%s was checked against the installed versions', async (adapter) => {
    const { CHECKED_AGAINST } = (await import(`../../${adapter.replace(/ts$/, 'js')}`)) as {
      CHECKED_AGAINST?: Record<string, string>;
    };
    expect(outdatedChecks(adapter, CHECKED_AGAINST)).toEqual([]);
  });

  it('are reported if a library has another version', () => {
    expect(outdatedChecks('some-adapter.ts', { amqplib: '0.0.1' })).toEqual([
      `amqplib changed from 0.0.1 to ${installedVersion('amqplib')}: check some-adapter.ts again`,
    ]);
  });

  it('are reported if they export no version', () => {
    expect(outdatedChecks('some-adapter.ts')).toEqual([
      'some-adapter.ts must export CHECKED_AGAINST with the version of each library that it adapts',
    ]);
  });
});
