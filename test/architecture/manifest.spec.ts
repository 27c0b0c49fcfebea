import { APPS, type AppManifest } from '../../apps/manifest.js';
import { missingEntries, unknownEntries } from './app-lists.js';

const EXAMPLE: AppManifest = {
  name: 'example-worker',
  kind: 'worker',
  summary: 'is an example',
  port: 3999,
  queue: 'example_queue',
  requires: [],
};

const apps: readonly AppManifest[] = APPS;

describe('The manifest', () => {
  it('gives every app a name and a port of its own, and every worker a queue', () => {
    for (const key of ['name', 'port', 'queue'] as const) {
      const values = apps.map((app) => app[key]).filter((value) => value !== undefined);
      expect([key, new Set(values).size]).toEqual([key, values.length]);
    }
    for (const { kind, queue } of apps)
      expect([kind, queue !== undefined]).toEqual([kind, kind === 'worker']);
  });
});

describe('Each file that lists the apps', () => {
  it('lists every app of the manifest', () => {
    expect(missingEntries(apps)).toEqual([]);
  });

  it('lists no app that is not in the manifest', () => {
    expect(unknownEntries(apps)).toEqual([]);
  });

  it('is reported, with the missing entry, if the manifest contains one more app', () => {
    expect(missingEntries([...apps, EXAMPLE])).toEqual(
      [
        'apps has no example-worker/src/main.ts that starts it',
        'nest-cli.json has no project example-worker with apps/example-worker/tsconfig.app.json',
        'libs/domain/src/events has no event for example_queue',
        'libs/domain/src/database/privileges.ts has no table that example-worker may read',
        'deploy/rabbitmq/permissions.json has no permissions of example-worker',
        '.env.example has no port 3999 of example-worker',
        'docker-compose.yml has no service example-worker',
        '.github/workflows/ci.yml has no app example-worker in the matrix of the images',
        'deploy/observability/prometheus/prometheus.yml has no job example-worker',
        'deploy/observability/prometheus/alerts.yml has no absent(up{job="example-worker"})',
        'deploy/observability/prometheus/alerts.test.yml has no series up{job="example-worker"}',
        'deploy/kubernetes/base/kustomization.yaml has no resource example-worker',
        'deploy/kubernetes/overlays/production/kustomization.yaml has no image estoque-system/example-worker',
        'deploy/kubernetes/overlays/external/kustomization.yaml has no image estoque-system/example-worker',
        'deploy/kubernetes/overlays/production/scaling.yaml has no autoscaler of example-worker for example_queue',
      ].map((line) => `${line} (apps/manifest.ts lists example-worker)`),
    );
  });

  it('is reported, with the entry of the app, if the manifest contains one app less', () => {
    const lists = missingEntries([...apps, EXAMPLE]).map((line) => line.split(' ')[0]);
    const last = apps.at(-1)!;
    const unknown = unknownEntries(apps.slice(0, -1));
    expect(unknown.map((line) => line.split(' ')[0])).toEqual(lists);
    for (const line of unknown) expect(line).toMatch(new RegExp(`${last.name}|${last.queue}`));
  });
});
