import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { APP_NAMES } from '../../apps/manifest.js';

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, string | boolean | number>;
}
interface Job {
  steps: Step[];
  strategy?: { matrix: Record<string, (string | number)[]> };
  permissions?: unknown;
}
interface Workflow {
  permissions: Record<string, string>;
  jobs: Record<string, Job>;
}

const file = '.github/workflows/ci.yml';
const text = readFileSync(file, 'utf8');
const { jobs, permissions } = parse(text) as Workflow;
const steps = Object.values(jobs).flatMap((job) => job.steps);
interface Package {
  scripts: Record<string, string>;
  engines: { node: string };
}
const { scripts, engines } = JSON.parse(readFileSync('package.json', 'utf8')) as Package;

/** GitHub's own parser of workflows is a module for bundlers, which imports JSON as if it were code: tsx does that. */
const SCRIPT = `
  import { NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
  const errors = JSON.parse(process.argv[1]).map((content) =>
    parseWorkflow({ name: 'ci.yml', content }, new NoOperationTraceWriter()).context.errors.getErrors());
  process.stdout.write(JSON.stringify(errors.map((each) => each.map(({ rawMessage }) => rawMessage))));
`;

function errorsIn(...contents: string[]) {
  const args = ['--import', 'tsx', '--input-type=module', '--eval', SCRIPT, JSON.stringify(contents)];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (!stdout) throw new Error(stderr);
  return JSON.parse(stdout) as string[][];
}

describe('The workflow of CI', () => {
  it('is one that GitHub understands', () => {
    const misspelt = text.replace('runs-on', 'run-on');
    const unknown = text.replace('matrix.app }}', 'matrixx.app }}');
    expect(errorsIn(text, misspelt, unknown)).toEqual([
      [],
      ["Unexpected value 'run-on'", 'Required property is missing: runs-on'],
      ["Unrecognized named-value: 'matrixx'"],
    ]);
  });

  it('runs commands and builds files that there are', () => {
    const commands = steps.flatMap(({ run }) => run?.split('\n') ?? []);
    const byNpm = commands.filter((command) => command.startsWith('npm '));
    expect(byNpm.toSorted()).toEqual(['npm audit --omit=dev --omit=optional', 'npm ci', 'npm test']);
    expect(scripts.test).toBeDefined();
    expect(commands.some((command) => command.startsWith('docker compose up'))).toBe(true);
    expect(existsSync('docker-compose.yml')).toBe(true);
    const build = steps.find(({ uses }) => uses?.startsWith('docker/build-push-action@'))!.with!;
    expect(existsSync(String(build.file))).toBe(true);
    const given = [...String(build['build-args']).matchAll(/^(\w+)=/gm)].map(([, name]) => name!);
    const taken = [...readFileSync(String(build.file), 'utf8').matchAll(/^ARG (\w+)/gm)].map(
      ([, name]) => name!,
    );
    expect(given.toSorted()).toEqual(taken.toSorted());
    expect(build).toMatchObject({ push: false, sbom: true, provenance: 'mode=max' });
  });

  it('tests every Node from the oldest that is promised to the one in the image, and builds every app', () => {
    const tested = jobs.test!.strategy!.matrix.node!.map(Number);
    const image = Number(/^FROM node:(\d+)/m.exec(readFileSync('deploy/docker/Dockerfile', 'utf8'))![1]);
    expect(Math.min(...tested)).toBe(Number(/\d+/.exec(engines.node)![0]));
    expect(Math.max(...tested)).toBe(image);
    expect(jobs.image!.strategy!.matrix.app!.toSorted()).toEqual(APP_NAMES.toSorted());
  });

  it('may only read, and runs actions of one commit each', () => {
    expect(permissions).toEqual({ contents: 'read' });
    for (const job of Object.values(jobs)) expect(job.permissions).toBeUndefined();
    const used = [...text.matchAll(/uses: (.+)$/gm)].map(([, action]) => action!);
    expect(used).toHaveLength(steps.filter(({ uses }) => uses).length);
    for (const action of used) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    for (const checkout of checkouts) expect(checkout.with).toEqual({ 'persist-credentials': false });
  });
});
