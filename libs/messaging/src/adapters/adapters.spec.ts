import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = 'libs/messaging/src/adapters';
const adapters = readdirSync(join(process.cwd(), FOLDER)).filter(
  (file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'),
);

const installedVersion = (library: string): string => {
  const manifest = readFileSync(join(process.cwd(), 'node_modules', library, 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
};

/** @returns a line for each library that changed, or for the missing list of libraries */
function outdatedChecks(adapter: string, checkedAgainst?: Record<string, string>): string[] {
  const path = `${FOLDER}/${adapter}`;
  const checks = Object.entries(checkedAgainst ?? {});
  if (checks.length === 0)
    return [`${path} must export CHECKED_AGAINST with the version of each library that it adapts`];
  return checks
    .filter(([library, version]) => installedVersion(library) !== version)
    .map(
      ([library, version]) =>
        `${library} changed from ${version} to ${installedVersion(library)}: check ${path} again`,
    );
}

describe('Adapters', () => {
  it('exist', () => expect(adapters.length).toBeGreaterThan(0));

  it.each(adapters)('%s was checked against the installed versions of its libraries', async (adapter) => {
    const { CHECKED_AGAINST } = (await import(`./${adapter.replace(/ts$/, 'js')}`)) as {
      CHECKED_AGAINST?: Record<string, string>;
    };
    expect(outdatedChecks(adapter, CHECKED_AGAINST)).toEqual([]);
  });

  it('are reported when a library has another version', () => {
    expect(outdatedChecks('some-adapter.ts', { amqplib: '0.0.1' })).toEqual([
      `amqplib changed from 0.0.1 to ${installedVersion('amqplib')}: check ${FOLDER}/some-adapter.ts again`,
    ]);
  });

  it('are reported when they name no version', () => {
    expect(outdatedChecks('some-adapter.ts')).toEqual([
      `${FOLDER}/some-adapter.ts must export CHECKED_AGAINST with the version of each library that it adapts`,
    ]);
  });
});
