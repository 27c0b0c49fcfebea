import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findBreakingChanges } from '../../tools/contract/contract-changes.js';
import type { OpenApi, Schema } from '../../tools/contract/document.js';
import { compareVersions, RELEASED_DOCUMENT } from '../../tools/contract/release.js';
import { clientFiles } from '../../tools/documents/client.js';

const readDocument = (file: string) =>
  JSON.parse(readFileSync(file, 'utf8')) as OpenApi & { components: { schemas: Record<string, Schema> } };

describe('The contract of the API', () => {
  const released = readDocument(RELEASED_DOCUMENT);
  const current = readDocument('docs/openapi.json');
  const today = new Date().toISOString().slice(0, 10);

  it('has no breaking change since the last release (docs/api-contract.md)', () => {
    expect(findBreakingChanges(released, current, today)).toEqual([]);
  });

  it('has no lower version than the released one', () => {
    expect(compareVersions(current.info.version, released.info.version)).toBeGreaterThanOrEqual(0);
  });

  it.each<[change: string, apply: (document: ReturnType<typeof readDocument>) => unknown, breaks: string]>([
    [
      'an operation is removed',
      ({ paths }) => Reflect.deleteProperty(paths['/v1/orders/{id}/cancel']!, 'post'),
      'POST /v1/orders/{id}/cancel is removed',
    ],
    [
      'a field is removed from answers',
      ({ components }) => Reflect.deleteProperty(components.schemas.OrderLineDto!.properties!, 'sku'),
      'GET /v1/orders/{id}: answer 200: /lines/*/sku is removed',
    ],
    [
      'a bound of requests is narrower',
      ({ components }) => (components.schemas.OrderItemDto!.properties!.quantity!.maximum = 10),
      'POST /v1/orders: request body: /items/*/quantity: maximum changed from 1000000 to 10',
    ],
    [
      'a field that may be null has another type',
      ({ components }) => (components.schemas.AuditTotalsDto!.properties!.products!.type = 'string'),
      'GET /v1/operations/audits/{id}: answer 200: /totals/products: type changed from "integer" to "string"',
    ],
  ])('would not pass if %s', (_change, apply, breaks) => {
    const changed = readDocument(RELEASED_DOCUMENT);
    apply(changed);
    expect(findBreakingChanges(released, changed, today)).toContain(breaks);
  });
});

describe('libs/client', () => {
  it('is up to date with docs/openapi.json (else: npm run docs)', async () => {
    const files = await clientFiles(process.cwd(), readFileSync('docs/openapi.json', 'utf8'));
    const stale = Object.entries(files).filter(([file, text]) => readFileSync(file, 'utf8') !== text);
    expect(stale.map(([file]) => file)).toEqual([]);
  });

  it('requires the packages that the repository is tested with', () => {
    const { dependencies } = JSON.parse(readFileSync('libs/client/package.json', 'utf8')) as {
      dependencies: Record<string, string>;
    };
    const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      devDependencies: Record<string, string>;
    };
    for (const [name, version] of Object.entries(dependencies)) expect(devDependencies[name]).toBe(version);
  });
});

/** The client as npm would publish it, installed in a project that has nothing else of the repository. */
describe('The package @estoque/client', () => {
  const folder = mkdtempSync(join(tmpdir(), 'estoque-client-'));
  const project = join(folder, 'project');
  const run = (cwd: string, command: string, ...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stdout}${stderr}`);
    return stdout;
  };
  const tsc = (cwd: string, ...args: string[]) =>
    run(cwd, process.execPath, join(process.cwd(), 'node_modules/typescript/bin/tsc'), ...args);
  let files: string[];

  beforeAll(() => {
    const source = join(folder, 'client');
    for (const file of ['package.json', 'README.md']) cpSync(`libs/client/${file}`, join(source, file));
    tsc(process.cwd(), '--project', 'libs/client/tsconfig.lib.json', '--outDir', join(source, 'dist'));
    const packed = run(source, 'npm', 'pack', '--json', '--ignore-scripts', '--pack-destination', folder);
    const [{ filename, files: packedFiles }] = JSON.parse(packed) as [
      { filename: string; files: { path: string }[] },
    ];
    files = packedFiles.map(({ path }) => path);
    const installed = join(project, 'node_modules/@estoque/client');
    mkdirSync(installed, { recursive: true });
    run(folder, 'tar', '-xzf', filename, '-C', installed, '--strip-components=1');
    for (const name of ['openapi-fetch', 'openapi-typescript-helpers'])
      symlinkSync(join(process.cwd(), 'node_modules', name), join(project, 'node_modules', name));
    writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  it('contains the built files, the README and nothing else', () => {
    const modules = ['client', 'contract', 'index', 'repeat-with-key'];
    expect(files.toSorted()).toEqual([
      'README.md',
      ...modules.flatMap((name) => [`dist/${name}.d.ts`, `dist/${name}.js`]),
      'package.json',
    ]);
  });

  it('has an example in its README that compiles, and that places an order and reads it', async () => {
    const [, example] = /```ts\n(.*?)```/s.exec(readFileSync('libs/client/README.md', 'utf8'))!;
    const requests: string[] = [];
    const server = createServer((request, response) => {
      const { method, url, headers } = request;
      requests.push(`${method} ${url} ${headers.authorization}`);
      response.setHeader('content-type', 'application/json');
      response.end('{"id":7,"status":"pending"}');
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const compilerOptions = {
      strict: true,
      module: 'nodenext',
      target: 'es2023',
      lib: ['es2023', 'dom'],
      types: [],
    };
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['example.ts'] }));
    writeFileSync(join(project, 'example.ts'), example!.replace(':3000', `:${port}`));
    tsc(project);
    const { stdout } = await promisify(execFile)(process.execPath, ['example.js'], { cwd: project });
    server.close();
    expect([stdout, requests]).toEqual([
      'pending\n',
      ['POST /v1/orders Bearer est_live_...', 'GET /v1/orders/7 Bearer est_live_...'],
    ]);
  }, 120_000);
});
