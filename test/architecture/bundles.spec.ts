import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { APP_NAMES } from '../../apps/manifest.js';

const BUNDLES = join(process.cwd(), 'dist', 'bundles');

/** The source files of a bundle, and of the chunks that it loads at the start. */
function sourcesAtStart(file: string, found = new Map<string, string[]>()): Map<string, string[]> {
  if (found.has(file)) return found;
  const map = join(BUNDLES, `${file}.map`);
  found.set(
    file,
    existsSync(map) ? (JSON.parse(readFileSync(map, 'utf8')) as { sources: string[] }).sources : [],
  );
  for (const [, name] of readFileSync(join(BUNDLES, file), 'utf8').matchAll(
    /^import .*"\.\/([\w-]+\.js)";$/gm,
  ))
    sourcesAtStart(name!, found);
  return found;
}

describe.each(APP_NAMES)('The bundle of %s', (app) => {
  const sources = [...sourcesAtStart(`${app}.js`).values()].flat();

  it('contains the modules of the app, and each module once', () => {
    expect(sources).toContain(`../../apps/${app}/src/main.ts`);
    expect(
      sources.filter((source) => source.endsWith('node_modules/reflect-metadata/Reflect.js')),
    ).toHaveLength(1);
    expect(sources.filter((source, index) => sources.indexOf(source) !== index)).toEqual([]);
  });

  it('loads neither the OpenTelemetry SDK nor, in a worker, Swagger at the start', () => {
    const loaded = (text: string) => sources.some((source) => source.includes(`/node_modules/${text}`));
    expect(loaded('@opentelemetry/sdk-')).toBe(false);
    expect(loaded('@nestjs/swagger/')).toBe(app === 'api');
  });
});

/** Prints the files of CommonJS modules that were loaded. The bundles contain their modules, so these are not in it. */
const PRINT_LOADED = `data:text/javascript,
  import module from 'node:module';
  process.on('exit', () => process.stdout.write(JSON.stringify(Object.keys(module._cache))));`;

describe('The bundles', () => {
  it.each(APP_NAMES)('load no second copy of a package: %s', (app) => {
    const { stdout } = spawnSync(process.execPath, ['--import', PRINT_LOADED, join(BUNDLES, `${app}.js`)], {
      cwd: tmpdir(),
      env: {},
      encoding: 'utf8',
    });
    const files = JSON.parse(stdout) as string[];
    expect(files.filter((file) => !file.includes('/@css-inline/'))).toEqual([]);
  });

  it('load no package as a file but those that cannot be bundled', () => {
    const packages = readdirSync(BUNDLES)
      .filter((name) => name.endsWith('.js'))
      .flatMap((name) => [
        ...readFileSync(join(BUNDLES, name), 'utf8').matchAll(
          /^import .*? from "([^".][^"]*)";$|^import "([^".][^"]*)";$/gm,
        ),
      ])
      .map(([, from, bare]) => (from ?? bare)!.replace('node:', ''));
    expect([...new Set(packages)].filter((name) => !process.getBuiltinModule(name))).toEqual([]);
  });

  it('name the source files in stack traces', () => {
    const script = join(BUNDLES, 'create-development-keys.js');
    const { stderr } = spawnSync(process.execPath, ['--enable-source-maps', script], {
      cwd: tmpdir(),
      env: {},
      encoding: 'utf8',
    });
    expect(stderr).toContain('EnvironmentError: DATABASE_URL is missing');
    expect(stderr).toMatch(/at readVariables \(.*\/libs\/platform\/src\/config\/environment\.ts:\d+:\d+\)/);
    expect(stderr).toMatch(/\/apps\/api\/src\/access\/create-development-keys\.ts:\d+:\d+/);
  });
});
