import { SECRET_VARIABLES } from '@estoque/platform';
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
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FURTHER_PROGRAMS } from '../../rolldown.config.js';
import { NODE_FLAGS } from '../../tools/apps.js';
import { APP_NAMES } from '../../apps/manifest.js';

const text = readFileSync('deploy/docker/Dockerfile', 'utf8');
const dockerfile = DockerfileParser.parse(text);
const apps = APP_NAMES;

const stageOf = (instruction: Instruction) =>
  dockerfile.getContainingImage(instruction.getRange().start)!.getFROMs()[0]!.getBuildStage();
/** Instructions of the last stage, which has no name and becomes the image. */
const imageInstructions = (keyword: string) =>
  dockerfile
    .getInstructions()
    .filter((instruction) => instruction.getKeyword() === keyword && stageOf(instruction) === null);
const wordsOf = (instruction: Instruction) =>
  instruction.getArguments().map((argument) => argument.getValue());
const propertiesOf = (keyword: string) =>
  Object.fromEntries(
    imageInstructions(keyword)
      .flatMap((instruction) => (instruction as PropertyInstruction).getProperties())
      .map((property) => [property.getName(), property.getValue()]),
  );
const jsonOf = (instruction: Instruction) =>
  JSON.parse(/\[.*\]$/s.exec(instruction.getRawArgumentsContent()!)![0]) as string[];

describe('Dockerfile', () => {
  it('has no syntax errors or unknown options', () => {
    expect(validate(text)).toEqual([]);
    expect(validate(text.replace('--interval=10s', '--intervall=10s'))).toHaveLength(1);
  });

  it('uses the newest Node.js version that CI tests, in every stage', () => {
    const images = new Set(dockerfile.getFROMs().map((from) => from.getImage()));
    expect(images).toEqual(new Set(['node:24-slim']));
  });

  it('copies into the image only from build stages, and runs no npm in the image', () => {
    expect(imageInstructions('RUN').map((run) => run.getRawArgumentsContent())).toEqual([
      expect.not.stringContaining('npm'),
    ]);
    const stages = dockerfile.getFROMs().map((from) => from.getBuildStage());
    const copies = imageInstructions('COPY') as Copy[];
    expect(copies.length).toBeGreaterThan(0);
    for (const copy of copies) expect(stages).toContain(copy.getFromFlag()?.getValue());
    const modules = copies.find((copy) => wordsOf(copy).includes('/app/node_modules'))!;
    expect(modules.getFromFlag()!.getValue()).toBe('dependencies');
  });

  it('names no secret, so that none is in an image or in its history', () => {
    const secret = new RegExp([...SECRET_VARIABLES, 'password', 'secret', 'token'].join('|'), 'i');
    expect(text).not.toMatch(secret);
    expect(readFileSync('.dockerignore', 'utf8').split('\n')).toContain('**/.env*');
  });

  it('copies existing files that .dockerignore allows', () => {
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

  it.each(apps)('copies the bundles of %s and of no other app', async (app) => {
    const built = (imageInstructions('COPY') as Copy[]).filter(
      (copy) => copy.getFromFlag()?.getValue() === 'build',
    );
    expect(built.map(wordsOf)).toEqual([['/app/image', 'dist/bundles']]);
    const collect = dockerfile
      .getInstructions()
      .map((instruction) => instruction.getRawArgumentsContent() ?? '')
      .find((text) => text.includes('.files'))!;
    // This test run uses the same build output as the image. The only package that is loaded as a file has native code.
    const folder = mkdtempSync(join(tmpdir(), 'estoque-image-'));
    try {
      symlinkSync(join(process.cwd(), 'dist'), join(folder, 'dist'));
      execFileSync('sh', ['-c', collect.replaceAll('/app/', `${folder}/`)], {
        cwd: folder,
        env: { ...process.env, APP: app },
      });
      mkdirSync(join(folder, 'node_modules'));
      symlinkSync(join(process.cwd(), 'node_modules/@css-inline'), join(folder, 'node_modules/@css-inline'));
      writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
      const files = readdirSync(join(folder, 'image'));
      expect(apps.filter((name) => files.includes(`${name}.js`))).toEqual([app]);
      for (const program of [app, ...Object.keys(FURTHER_PROGRAMS[app] ?? {})]) {
        expect(files).toContain(`${program}.js`);
        expect(files).toContain(`${program}.js.map`);
      }
      expect(files.includes('templates')).toBe(['api', 'notify-worker'].includes(app));
      expect(files.includes('static')).toBe(app === 'api');
      const main = spawn(process.execPath, [join(folder, 'image', `${app}.js`)], { cwd: folder, env: {} });
      const errors: Buffer[] = [];
      main.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
      expect(await once(main, 'close')).toEqual([1, null]);
      expect(Buffer.concat(errors).toString()).toContain(`${app}: DATABASE_URL is missing\n`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('starts node directly, with the flags of the launcher, and as a numeric user that is not root', () => {
    expect(imageInstructions('ENTRYPOINT')).toEqual([]);
    expect(jsonOf(imageInstructions('CMD')[0]!)).toEqual(['node', ...NODE_FLAGS, 'dist/main.js']);
    expect(imageInstructions('USER').map((user) => wordsOf(user))).toEqual([
      [expect.stringMatching(/^[1-9]\d*:[1-9]\d*$/)],
    ]);
  });

  it('exits on SIGTERM while its modules are still loading', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'estoque-image-'));
    try {
      mkdirSync(join(folder, 'dist/bundles'), { recursive: true });
      writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
      const loading =
        "process.stdout.write('loading'); await new Promise((done) => setTimeout(done, 60_000));";
      writeFileSync(join(folder, 'dist/bundles/api.js'), loading);
      const run = imageInstructions('RUN')[0]!.getRawArgumentsContent()!;
      execFileSync('sh', ['-c', run], { cwd: folder, env: { ...process.env, APP: 'api' } });
      const app = spawn(process.execPath, ['dist/main.js'], { cwd: folder });
      await once(app.stdout, 'data');
      app.kill('SIGTERM');
      // Exit code 0 and no signal: process 1 has no default action for SIGTERM.
      expect(await once(app, 'exit')).toEqual([0, null]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('writes the SBOM after all packages are installed, without an option that omits packages', () => {
    const [install, ...after] = dockerfile
      .getInstructions()
      .filter(
        (instruction) =>
          stageOf(instruction) === 'dependencies' && ['RUN', 'COPY'].includes(instruction.getKeyword()),
      )
      .map((instruction) => instruction.getArgumentsContent()!)
      .slice(1);
    expect(install).toContain('npm ci --omit=dev --omit=optional');
    expect(after).toEqual([
      '/app/node_modules/@css-inline node_modules/@css-inline',
      'npm pkg delete devDependencies && npm sbom --sbom-format=cyclonedx --sbom-type=application > sbom.cdx.json',
    ]);
    expect((imageInstructions('COPY') as Copy[]).flatMap(wordsOf)).toContain('/app/sbom.cdx.json');
  });

  it('labels the image with title, licence, version, revision and source', () => {
    const { license } = JSON.parse(readFileSync('package.json', 'utf8')) as { license: string };
    expect(propertiesOf('LABEL')).toEqual({
      'org.opencontainers.image.title': 'estoque-system ${APP}',
      'org.opencontainers.image.licenses': license,
      'org.opencontainers.image.version': '${VERSION}',
      'org.opencontainers.image.revision': '${REVISION}',
      'org.opencontainers.image.source': '${SOURCE}',
    });
    const buildArguments = imageInstructions('ARG').map((arg) => wordsOf(arg)[0]!.split('=')[0]);
    expect(buildArguments).toEqual(['APP', 'VERSION', 'REVISION', 'SOURCE']);
  });

  it.each([
    [200, 0],
    [503, 1],
    [undefined, 1],
  ])('has a health check that maps status %p to exit code %p', async (status, exitCode) => {
    const { PORT } = propertiesOf('ENV') as { PORT: string };
    expect(wordsOf(imageInstructions('EXPOSE')[0]!)).toEqual([PORT]);
    const requestedPaths: string[] = [];
    const server = createServer((request, response) => {
      requestedPaths.push(request.url!);
      response.writeHead(status!).end();
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    if (!status) server.close();
    const [, ...args] = jsonOf(imageInstructions('HEALTHCHECK')[0]!);
    const check = spawn(process.execPath, args, { env: { PORT: String(port) } });
    const exit = await once(check, 'exit');
    server.close();
    expect(exit).toEqual([exitCode, null]);
    expect(requestedPaths).toEqual(status ? ['/health/live'] : []);
  });
});
