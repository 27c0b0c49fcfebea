import { DockerfileParser, type Copy, type Instruction, type PropertyInstruction } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { NODE_FLAGS } from '../../tools/apps.js';
import { APP_NAMES } from '../../apps/manifest.js';

const text = readFileSync('deploy/docker/Dockerfile', 'utf8');
const dockerfile = DockerfileParser.parse(text);
const apps = APP_NAMES;

const stageOf = (instruction: Instruction) =>
  dockerfile.getContainingImage(instruction.getRange().start)!.getFROMs()[0]!.getBuildStage();
/** Of the last stage, which has no name: the image. */
const inImage = (keyword: string) =>
  dockerfile.getInstructions().filter((each) => each.getKeyword() === keyword && stageOf(each) === null);
const wordsOf = (instruction: Instruction) => instruction.getArguments().map((each) => each.getValue());
const propertiesOf = (keyword: string) =>
  Object.fromEntries(
    inImage(keyword)
      .flatMap((each) => (each as PropertyInstruction).getProperties())
      .map((property) => [property.getName(), property.getValue()]),
  );
const jsonOf = (instruction: Instruction) =>
  JSON.parse(/\[.*\]$/s.exec(instruction.getRawArgumentsContent()!)![0]) as string[];

describe('The Dockerfile', () => {
  it('is valid to the last word', () => {
    expect(validate(text)).toEqual([]);
    expect(validate(text.replace('--interval=10s', '--intervall=10s'))).toHaveLength(1);
  });

  it('stands on the newest Node that CI tests, in every stage', () => {
    const images = new Set(dockerfile.getFROMs().map((from) => from.getImage()));
    expect(images).toEqual(new Set(['node:24-slim']));
  });

  it('leaves in its stages what builds: nothing of npm and of the context reaches the image by itself', () => {
    expect(inImage('RUN').map((run) => run.getRawArgumentsContent())).toEqual([
      expect.not.stringContaining('npm'),
    ]);
    const stages = dockerfile.getFROMs().map((from) => from.getBuildStage());
    const copies = inImage('COPY') as Copy[];
    expect(copies.length).toBeGreaterThan(0);
    for (const copy of copies) expect(stages).toContain(copy.getFromFlag()?.getValue());
    const modules = copies.find((copy) => wordsOf(copy).includes('/app/node_modules'))!;
    expect(modules.getFromFlag()!.getValue()).toBe('dependencies');
  });

  it('copies what is there and isn’t ignored', () => {
    const ignored = readFileSync('.dockerignore', 'utf8').split('\n');
    const copied = dockerfile
      .getCOPYs()
      .filter((copy) => !copy.getFromFlag())
      .flatMap((copy) => wordsOf(copy).slice(0, -1));
    expect(ignored).toContain('*');
    const allowed = ignored.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    expect([...new Set(copied)].toSorted()).toEqual(allowed.toSorted());
    for (const file of copied) expect(existsSync(file)).toBe(true);
  });

  it.each(apps)('takes for %s what the build makes of it, and of no other app', (app) => {
    const built = (inImage('COPY') as Copy[])
      .filter((copy) => copy.getFromFlag()?.getValue() === 'build')
      .map((copy) => wordsOf(copy)[0]!.replace('/app/', '').replace('${APP}', app));
    expect(built).toEqual(['dist/libs', 'dist/apps/manifest.js', `dist/apps/${app}`]);
    // The build of this test run is the build of the image.
    for (const folder of built) expect(existsSync(folder)).toBe(true);
    const [, main] = /import\('\.\/(apps\S+)'\)/.exec(inImage('RUN')[0]!.getRawArgumentsContent()!)!;
    expect(existsSync(`dist/${main!.replace('${APP}', app)}`)).toBe(true);
    const imports = readdirSync(`dist/apps/${app}`, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.js'))
      .map((file) => join(`dist/apps/${app}`, file))
      .flatMap((file) =>
        [...readFileSync(file, 'utf8').matchAll(/from '(\.{1,2}\/[^']+)'/g)].map(([, target]) =>
          join(dirname(file), target!),
        ),
      );
    expect(imports).toContain('dist/apps/manifest.js');
    expect(imports.filter((file) => !built.some((copied) => file.startsWith(copied)))).toEqual([]);
  });

  it('starts node itself, as the launcher does, and as a user with a number that isn’t root’s', () => {
    expect(inImage('ENTRYPOINT')).toEqual([]);
    expect(jsonOf(inImage('CMD')[0]!)).toEqual(['node', ...NODE_FLAGS, 'dist/main.js']);
    expect(inImage('USER').map((user) => wordsOf(user))).toEqual([
      [expect.stringMatching(/^[1-9]\d*:[1-9]\d*$/)],
    ]);
  });

  it('ends by SIGTERM while it still loads its modules', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'estoque-image-'));
    try {
      mkdirSync(join(folder, 'dist/apps/api/src'), { recursive: true });
      writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
      const loading =
        "process.stdout.write('loading'); await new Promise((done) => setTimeout(done, 60_000));";
      writeFileSync(join(folder, 'dist/apps/api/src/main.js'), loading);
      const run = inImage('RUN')[0]!.getRawArgumentsContent()!;
      execFileSync('sh', ['-c', run], { cwd: folder, env: { ...process.env, APP: 'api' } });
      const app = spawn(process.execPath, ['dist/main.js'], { cwd: folder });
      await once(app.stdout, 'data');
      app.kill('SIGTERM');
      // Not by the signal, which means nothing to process 1.
      expect(await once(app, 'exit')).toEqual([0, null]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('lists all it holds: npm is told of no omission, and asked when everything is there', () => {
    const [install, ...after] = dockerfile
      .getInstructions()
      .filter((each) => stageOf(each) === 'dependencies' && ['RUN', 'COPY'].includes(each.getKeyword()))
      .map((each) => each.getArgumentsContent()!)
      .slice(1);
    expect(install).toContain('npm ci --omit=dev --omit=optional');
    expect(after).toEqual([
      '/app/node_modules/@css-inline node_modules/@css-inline',
      'npm pkg delete devDependencies && npm sbom --sbom-format=cyclonedx --sbom-type=application > sbom.cdx.json',
    ]);
    expect((inImage('COPY') as Copy[]).flatMap(wordsOf)).toContain('/app/sbom.cdx.json');
  });

  it('says where it comes from', () => {
    const { license } = JSON.parse(readFileSync('package.json', 'utf8')) as { license: string };
    expect(propertiesOf('LABEL')).toEqual({
      'org.opencontainers.image.title': 'estoque-system ${APP}',
      'org.opencontainers.image.licenses': license,
      'org.opencontainers.image.version': '${VERSION}',
      'org.opencontainers.image.revision': '${REVISION}',
      'org.opencontainers.image.source': '${SOURCE}',
    });
    const given = inImage('ARG').map((arg) => wordsOf(arg)[0]!.split('=')[0]);
    expect(given).toEqual(['APP', 'VERSION', 'REVISION', 'SOURCE']);
  });

  it.each([
    [200, 0],
    [503, 1],
    [undefined, 1],
  ])('finds a process that answers %p: exit code %p', async (status, exitCode) => {
    const { PORT } = propertiesOf('ENV') as { PORT: string };
    expect(wordsOf(inImage('EXPOSE')[0]!)).toEqual([PORT]);
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url!);
      response.writeHead(status!).end();
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    if (!status) server.close();
    const [, ...args] = jsonOf(inImage('HEALTHCHECK')[0]!);
    const check = spawn(process.execPath, args, { env: { PORT: String(port) } });
    const ended = await once(check, 'exit');
    server.close();
    expect(ended).toEqual([exitCode, null]);
    expect(asked).toEqual(status ? ['/health/live'] : []);
  });
});
