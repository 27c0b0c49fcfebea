import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import jestConfig from '../../jest.config.js';
import { run } from '../../tools/command.js';
import { findKubectl } from '../../tools/infrastructure/programs.js';
import { Clone } from './clone.js';

const NAME = 'example-note-worker';

/** Generates a worker in a copy of the repository. Its journey test and most of `npm run docs` do not run here. */
describe('npm run new-worker', () => {
  const clone = Clone.create();
  afterAll(() => clone.remove());

  const inClone = (...args: string[]) => run(process.execPath, args, { cwd: clone.root });
  const tool = (...path: string[]) => join('node_modules', ...path);
  const newWorker = (...args: string[]) =>
    inClone('tools/run.mjs', 'new-worker', ...args, '--skip-documents');
  const succeeded = { code: 0, output: expect.any(String) as string };

  /** Runs a module in the copy. @returns what it prints */
  const evaluate = async (script: string) => {
    const options = ['--import', 'tsx', '--input-type=module', '--eval'];
    const { code, output } = await inClone(...options, `import 'reflect-metadata';\n${script}`);
    if (code !== 0) throw new Error(output);
    return output.trim();
  };

  let files: string[];
  /** The generated documents that contain the worker. */
  let documents: string[];
  beforeAll(async () => {
    const { code, output } = await newWorker(NAME, '--consumes', 'order.processed,order.rejected');
    expect([code, output]).toEqual([0, expect.stringContaining('Added:')]);
    files = [...output.matchAll(/^ {2}(\S+)$/gm)].map(([, file]) => file!);
    // One process for both, because loading the modules takes seconds.
    const found = await evaluate(`
      import { writeFileSync } from 'node:fs';
      const { eventDocuments, wire } = await import('./tools/documents/events.ts');
      const { brokerUserDocuments } = await import('./tools/documents/broker-users.ts');
      const { dashboardDocument } = await import('./tools/documents/dashboard.ts');
      const { pagesWithSections } = await import('./tools/documents/generated-sections.ts');
      for (const [file, text] of Object.entries(brokerUserDocuments(wire().topology))) writeFileSync(file, text);
      const documents = { ...eventDocuments(), ...pagesWithSections(process.cwd()), dashboard: dashboardDocument() };
      const found = Object.entries(documents).filter(([, text]) => text.includes('${NAME}'));
      console.log(found.map(([file]) => file).join(' '));`);
    documents = found.split(' ');
  }, 120_000);

  it('prints the files that it writes', () => {
    expect(files.length).toBeGreaterThan(20);
    expect(files.filter((file) => !existsSync(join(clone.root, file)))).toEqual([]);
  });

  it('generates an app that builds', async () => {
    expect(await inClone(tool('@nestjs', 'cli', 'bin', 'nest.js'), 'build', NAME)).toEqual(succeeded);
    const bundler = tool('rolldown', 'bin', 'cli.mjs');
    expect(await inClone(bundler, '--config', 'rolldown.config.ts')).toEqual(succeeded);
    expect(existsSync(join(clone.root, 'dist', 'bundles', `${NAME}.js`))).toBe(true);
  }, 120_000);

  it('generates code that passes the type check, the linter and the formatter', async () => {
    // What the new name of an app can break are the files about the names of all apps.
    const aboutApps = execFileSync('git', ['grep', '-lE', 'AppName|APP_NAMES', '--', '*.ts'], {
      encoding: 'utf8',
    });
    const typescript = new Set([
      ...files.filter((file) => file.endsWith('.ts')),
      ...aboutApps.trim().split('\n'),
    ]);
    const lint = await inClone(tool('oxlint', 'bin', 'oxlint'), '--no-ignore', ...typescript);
    const { size } = typescript;
    expect(lint).toEqual({ code: 0, output: expect.stringContaining(`on ${size} files`) as string });
    expect(lint.output).toContain('Found 0 warnings and 0 errors');
    const format = await inClone(
      tool('prettier', 'bin', 'prettier.cjs'),
      '--check',
      '--ignore-unknown',
      ...files,
    );
    expect(format).toEqual(succeeded);
  }, 120_000);

  it('generates an app whose unit test passes, and adds the app to every list of apps', async () => {
    const specs = [`apps/${NAME}`, 'test/architecture/manifest.spec.ts', 'test/architecture/compose.spec.ts'];
    const config = JSON.stringify({ ...jestConfig, rootDir: clone.root });
    const options = ['--config', config, '--ci', '--runInBand', '--'];
    const { code, output } = await inClone(tool('jest', 'bin', 'jest.js'), ...options, ...specs);
    expect([code, output]).toEqual([0, expect.stringContaining('Test Suites: 3 passed, 3 total')]);
  }, 120_000);

  it.each(['development', 'production', 'external'])(
    'adds the deployment to the overlay %s',
    async (name) => {
      const kubectl = await findKubectl(process.cwd());
      const args = ['kustomize', `deploy/kubernetes/overlays/${name}`];
      const objects = parseAllDocuments(
        execFileSync(kubectl, args, { cwd: clone.root, encoding: 'utf8' }),
      ).map((document) => document.toJS() as { kind: string; metadata: { name: string } });
      const kinds = objects.filter(({ metadata }) => metadata.name === NAME).map(({ kind }) => kind);
      const expected = ['Deployment', 'PodDisruptionBudget', 'ServiceAccount'];
      if (name === 'production') expected.push('ScaledObject', 'User', 'Permission');
      expect(kinds.toSorted()).toEqual(expected.toSorted());
    },
    300_000,
  );

  it('makes the generated documents contain the worker', () => {
    expect(documents).toEqual(
      expect.arrayContaining(['docs/events.md', 'docs/asyncapi.yaml', 'README.md', 'dashboard']),
    );
  });

  it('refuses to generate the same worker again', async () => {
    const { code, output } = await newWorker(NAME, '--consumes', 'order.processed');
    expect([code, output.trim()]).toEqual([1, `error: ${NAME} exists: apps/manifest.ts lists it.`]);
  }, 120_000);
});
