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

/** GitHub's workflow parser imports JSON files like code, as bundlers allow. Node.js does not, tsx does. */
const SCRIPT = `
  import { NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
  const errors = JSON.parse(process.argv[1]).map((content) =>
    parseWorkflow({ name: 'ci.yml', content }, new NoOperationTraceWriter()).context.errors.getErrors());
  process.stdout.write(JSON.stringify(errors.map((list) => list.map(({ rawMessage }) => rawMessage))));
`;

function findWorkflowErrors(...contents: string[]) {
  const args = ['--import', 'tsx', '--input-type=module', '--eval', SCRIPT, JSON.stringify(contents)];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (!stdout) throw new Error(stderr);
  return JSON.parse(stdout) as string[][];
}

describe('CI workflow', () => {
  it('is valid for GitHub', () => {
    const misspelt = text.replace('runs-on', 'run-on');
    const unknown = text.replace('matrix.app }}', 'matrixx.app }}');
    expect(findWorkflowErrors(text, misspelt, unknown)).toEqual([
      [],
      ["Unexpected value 'run-on'", 'Required property is missing: runs-on'],
      ["Unrecognized named-value: 'matrixx'"],
    ]);
  });

  it('runs npm scripts and builds files that exist', () => {
    const commands = steps.flatMap(({ run }) => run?.split('\n') ?? []);
    const npmCommands = commands.filter((command) => command.startsWith('npm '));
    expect(npmCommands.toSorted()).toEqual(['npm audit --omit=dev --omit=optional', 'npm ci', 'npm test']);
    expect(scripts.test).toBeDefined();
    expect(commands.some((command) => command.startsWith('docker compose up'))).toBe(true);
    expect(existsSync('docker-compose.yml')).toBe(true);
    const build = steps.find(({ uses }) => uses?.startsWith('docker/build-push-action@'))!.with!;
    expect(existsSync(String(build.file))).toBe(true);
    const givenArguments = [...String(build['build-args']).matchAll(/^(\w+)=/gm)].map(([, name]) => name!);
    // More than one stage of the image can declare the same argument.
    const declaredArguments = new Set(
      [...readFileSync(String(build.file), 'utf8').matchAll(/^ARG (\w+)/gm)].map(([, name]) => name!),
    );
    expect(givenArguments.toSorted()).toEqual([...declaredArguments].toSorted());
    expect(build).toMatchObject({ push: false, sbom: true, provenance: 'mode=max' });
  });

  it('tests Node.js from the oldest supported version to the one in the image, and builds every app', () => {
    const testedVersions = jobs.test!.strategy!.matrix.node!.map(Number);
    const imageVersion = Number(
      /^FROM node:(\d+)/m.exec(readFileSync('deploy/docker/Dockerfile', 'utf8'))![1],
    );
    expect(Math.min(...testedVersions)).toBe(Number(/\d+/.exec(engines.node)![0]));
    expect(Math.max(...testedVersions)).toBe(imageVersion);
    expect(jobs.image!.strategy!.matrix.app!.toSorted()).toEqual(APP_NAMES.toSorted());
  });

  it('has read-only permissions and pins every action to a commit', () => {
    expect(permissions).toEqual({ contents: 'read' });
    for (const job of Object.values(jobs)) expect(job.permissions).toBeUndefined();
    const actions = [...text.matchAll(/uses: (.+)$/gm)].map(([, action]) => action!);
    expect(actions).toHaveLength(steps.filter(({ uses }) => uses).length);
    for (const action of actions) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    for (const checkout of checkouts) expect(checkout.with).toEqual({ 'persist-credentials': false });
  });
});
