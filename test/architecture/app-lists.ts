import { APPS_WITH_ROLES, catalogue } from '@estoque/domain';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { parse, parseAllDocuments } from 'yaml';
import type { AppManifest } from '../../apps/manifest.js';

/** A file that lists the apps and cannot read apps/manifest.ts. */
interface AppList {
  file: string;
  /** @returns the entries that the file needs for one app, in words for a message: `service order-worker` */
  entriesFor: (app: AppManifest) => string[];
  /** @returns the entries for apps that the file has, in the same words */
  entries: () => string[];
}

/** @returns a line for each entry that an app needs and that its file does not have */
export function missingEntries(apps: readonly AppManifest[]): string[] {
  return APP_LISTS.flatMap(({ file, entriesFor, entries }) => {
    const existing = entries();
    return apps.flatMap((app) =>
      entriesFor(app)
        .filter((entry) => !existing.includes(entry))
        .map((entry) => `${file} has no ${entry} (apps/manifest.ts lists ${app.name})`),
    );
  });
}

/** @returns a line for each entry whose app is not in the manifest */
export function unknownEntries(apps: readonly AppManifest[]): string[] {
  return APP_LISTS.flatMap(({ file, entriesFor, entries }) => {
    const needed = apps.flatMap(entriesFor);
    return entries()
      .filter((entry) => !needed.includes(entry))
      .map((entry) => `${file} has ${entry}, which belongs to no app of apps/manifest.ts`);
  });
}

const readText = (file: string) => readFileSync(file, 'utf8');
const readYaml = <Content>(file: string) => parse(readText(file), { merge: true }) as Content;
const capturesIn = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, found]) => found!);
const unique = (entries: string[]) => [...new Set(entries)];

const imagesOf = (overlay: string): AppList => {
  const file = `deploy/kubernetes/overlays/${overlay}/kustomization.yaml`;
  return {
    file,
    entriesFor: ({ name }) => [`image estoque-system/${name}`],
    entries: () => readYaml<{ images: { name: string }[] }>(file).images.map(({ name }) => `image ${name}`),
  };
};

const APP_LISTS: AppList[] = [
  {
    file: 'apps',
    entriesFor: ({ name }) => [`${name}/src/main.ts that starts it`],
    entries: () =>
      readdirSync('apps')
        .filter((folder) => existsSync(`apps/${folder}/src/main.ts`))
        .filter((folder) => readText(`apps/${folder}/src/main.ts`).includes(`appManifest('${folder}')`))
        .map((folder) => `${folder}/src/main.ts that starts it`),
  },
  {
    file: 'nest-cli.json',
    entriesFor: ({ name }) => [`project ${name} with apps/${name}/tsconfig.app.json`],
    entries: () => {
      const { projects } = JSON.parse(readText('nest-cli.json')) as {
        projects: Record<string, { type: string; compilerOptions: { tsConfigPath: string } }>;
      };
      return Object.entries(projects)
        .filter(([, { type }]) => type === 'application')
        .map(([name, { compilerOptions }]) => `project ${name} with ${compilerOptions.tsConfigPath}`);
    },
  },
  {
    file: 'libs/domain/src/events',
    entriesFor: ({ queue }) => (queue ? [`event for ${queue}`] : []),
    entries: () =>
      unique(Object.values(catalogue).flatMap(({ consumedBy }) => consumedBy)).map(
        (queue) => `event for ${queue}`,
      ),
  },
  {
    file: 'libs/domain/src/database/privileges.ts',
    entriesFor: ({ name }) => [`table that ${name} may read`],
    entries: () => APPS_WITH_ROLES.map((name) => `table that ${name} may read`),
  },
  {
    file: 'deploy/rabbitmq/permissions.json',
    entriesFor: ({ name }) => [`permissions of ${name}`],
    entries: () =>
      Object.keys(JSON.parse(readText('deploy/rabbitmq/permissions.json')) as object).map(
        (name) => `permissions of ${name}`,
      ),
  },
  {
    file: '.env.example',
    entriesFor: ({ name, port }) => [`port ${port} of ${name}`],
    entries: () =>
      [.../\bapi \d+, .+\.$/m.exec(readText('.env.example'))![0].matchAll(/([\w-]+) (\d+)/g)].map(
        ([, name, port]) => `port ${port} of ${name}`,
      ),
  },
  {
    file: 'docker-compose.yml',
    entriesFor: ({ name }) => [`service ${name}`],
    entries: () => {
      const { services } = readYaml<{ services: Record<string, { build?: object }> }>('docker-compose.yml');
      return Object.entries(services)
        .filter(([name, { build }]) => build && name !== 'migrate' && name !== 'payment-gateway')
        .map(([name]) => `service ${name}`);
    },
  },
  {
    file: '.github/workflows/ci.yml',
    entriesFor: ({ name }) => [`app ${name} in the matrix of the images`],
    entries: () => {
      const { jobs } = readYaml<{ jobs: { image: { strategy: { matrix: { app: string[] } } } } }>(
        '.github/workflows/ci.yml',
      );
      return jobs.image.strategy.matrix.app.map((name) => `app ${name} in the matrix of the images`);
    },
  },
  {
    file: 'deploy/observability/prometheus/prometheus.yml',
    entriesFor: ({ name }) => [`job ${name}`],
    entries: () =>
      readYaml<{ scrape_configs: { job_name: string }[] }>('deploy/observability/prometheus/prometheus.yml')
        .scrape_configs.map(({ job_name }) => `job ${job_name}`)
        .filter((job) => job !== 'job rabbitmq'),
  },
  {
    file: 'deploy/observability/prometheus/alerts.yml',
    entriesFor: ({ name }) => [`absent(up{job="${name}"})`],
    entries: () =>
      capturesIn(readText('deploy/observability/prometheus/alerts.yml'), /(absent\(up\{job="[\w-]+"\}\))/g),
  },
  {
    file: 'deploy/observability/prometheus/alerts.test.yml',
    entriesFor: ({ name }) => [`series up{job="${name}"}`],
    entries: () =>
      unique(
        capturesIn(
          readText('deploy/observability/prometheus/alerts.test.yml'),
          /series: '(up\{job="[\w-]+")/g,
        ),
      ).map((series) => `series ${series}}`),
  },
  {
    file: 'deploy/kubernetes/base/kustomization.yaml',
    entriesFor: ({ name }) => [`resource ${name}`],
    entries: () =>
      readYaml<{ resources: string[] }>('deploy/kubernetes/base/kustomization.yaml')
        .resources.filter((resource) => !resource.endsWith('.yaml') && resource !== 'migration')
        .map((resource) => `resource ${resource}`),
  },
  imagesOf('production'),
  imagesOf('external'),
  {
    file: 'deploy/kubernetes/overlays/production/scaling.yaml',
    entriesFor: ({ name, queue }) => [queue ? `autoscaler of ${name} for ${queue}` : `autoscaler of ${name}`],
    entries: () =>
      parseAllDocuments(readText('deploy/kubernetes/overlays/production/scaling.yaml'))
        .map((document) => document.toJS() as Autoscaler)
        .filter(({ spec }) => spec.scaleTargetRef)
        .map(({ spec: { scaleTargetRef, triggers } }) => {
          const queue = triggers?.[0]?.metadata.queueName;
          return `autoscaler of ${scaleTargetRef!.name}${queue ? ` for ${queue}` : ''}`;
        }),
  },
];

interface Autoscaler {
  spec: { scaleTargetRef?: { name: string }; triggers?: { metadata: { queueName: string } }[] };
}
