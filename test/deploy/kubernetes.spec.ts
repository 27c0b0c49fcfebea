import { environmentSchema, readEnvironment } from '@estoque/platform';
import type { IContainer } from 'kubernetes-models/v1';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findKubectl } from '../../tools/infrastructure/programs.js';
import { mayConnect, mayLeave } from './network.js';
import { examplesOf, Overlay, type KubernetesObject } from './overlay.js';
import { referenceFaults, selects } from './references.js';
import { restrictedFaults } from './restricted.js';
import { schemaFaults, typeFaults } from './types.js';
import { APP_NAMES, appManifest, WORKERS } from '../../apps/manifest.js';

const OVERLAYS = ['development', 'production', 'external'] as const;
const apps = APP_NAMES;
const workers = WORKERS.map(({ name }) => name);
const overlays = {} as Record<(typeof OVERLAYS)[number], Overlay>;
let kubectl: string;

beforeAll(async () => {
  kubectl = await findKubectl(process.cwd());
  for (const name of OVERLAYS) overlays[name] = Overlay.build(name, kubectl);
}, 300_000);

const containerOf = (overlay: Overlay, app: string) =>
  overlay.one('Deployment', app).spec!.template.spec!.containers[0]!;

/** The variables that a container starts with. */
function environmentOf(overlay: Overlay, { env = [], envFrom = [] }: IContainer): Record<string, string> {
  const settings = envFrom.map(({ configMapRef }) => overlay.one('ConfigMap', configMapRef!.name!).data);
  const own = env.map(({ name, value, valueFrom }) => [
    name,
    value ?? overlay.secrets[valueFrom!.secretKeyRef!.name!]![valueFrom!.secretKeyRef!.key],
  ]);
  return Object.assign({}, ...settings, Object.fromEntries(own)) as Record<string, string>;
}

/** The queue that a worker consumes. */
const queueOf = (worker: string) => WORKERS.find(({ name }) => name === worker)?.queue;

describe('Every object is one that Kubernetes takes', () => {
  it('by the types of its kind, unknown keys included, and by the schemas', () => {
    const objects = OVERLAYS.flatMap((name) => [...overlays[name].objects, ...examplesOf(name)]);
    expect(objects.length).toBeGreaterThan(80);
    expect(typeFaults(objects)).toEqual([]);
    expect(schemaFaults(objects)).toEqual([]);
  });

  it('and each kind of fault is found', () => {
    const broken = (kind: string, name: string, change: (spec: never) => void) => {
      const found = overlays.production.objects.find(
        (object) => object.kind === kind && object.metadata.name === name,
      );
      const copy = structuredClone(found) as KubernetesObject & { spec: never };
      change(copy.spec);
      return copy;
    };
    const faults = typeFaults([
      broken('Deployment', 'api', (spec: { template: { spec: { containers: object[] } } }) =>
        Object.assign(spec.template.spec.containers[0]!, { imagee: 'api' }),
      ),
      broken('Deployment', 'api', (spec: object) => Object.assign(spec, { minReadySeconds: '5' })),
      broken('Deployment', 'api', (spec: { selector?: object }) => delete spec.selector),
      broken('Cluster', 'postgres', (spec: object) => Object.assign(spec, { instance: 3 })),
      broken('Cluster', 'postgres', (spec: object) => Object.assign(spec, { instances: '3' })),
      broken('RabbitmqCluster', 'rabbitmq', (spec: object) => Object.assign(spec, { replica: 3 })),
      broken('RabbitmqCluster', 'rabbitmq', (spec: object) => Object.assign(spec, { replicas: '3' })),
      broken('ScaledObject', 'order-worker', (spec: object) => Object.assign(spec, { maxReplicas: 3 })),
      broken('ScaledObject', 'order-worker', (spec: object) => Object.assign(spec, { maxReplicaCount: '3' })),
      broken('TriggerAuthentication', 'rabbitmq', (spec: object) => Object.assign(spec, { secretRef: [] })),
    ]);
    expect(faults).toEqual([
      expect.stringMatching(/^Deployment api: .*'\"imagee\"' does not exist/),
      expect.stringMatching(/^Deployment api: Type 'string' is not assignable/),
      expect.stringMatching(/^Deployment api: Property '"selector"' is missing/),
      expect.stringMatching(/^Cluster postgres: .*'\"instance\"' does not exist/),
      expect.stringMatching(/^Cluster postgres: Type 'string' is not assignable/),
      expect.stringMatching(/^RabbitmqCluster rabbitmq: .*'\"replica\"' does not exist/),
      expect.stringMatching(/^RabbitmqCluster rabbitmq: Type 'string' is not assignable/),
      expect.stringMatching(/^ScaledObject order-worker: .*'\"maxReplicas\"' does not exist/),
      expect.stringMatching(/^ScaledObject order-worker: Type 'string' is not assignable/),
      expect.stringMatching(/^TriggerAuthentication rabbitmq: .*'\"secretRef\"' does not exist/),
    ]);
    const wrongQuantity = broken('Cluster', 'postgres', (spec: { resources: { requests: object } }) =>
      Object.assign(spec.resources.requests, { memory: 'lots' }),
    );
    expect(schemaFaults([wrongQuantity])).toEqual([expect.stringMatching(/^Cluster postgres: .*memory/)]);
  });
});

describe('Whatever is pointed at is there', () => {
  it.each(OVERLAYS)('in %s', (name) => {
    expect(referenceFaults(overlays[name])).toEqual([]);
  });

  it('and each kind of fault is found', () => {
    const production = (change: (copy: Overlay) => void) => referenceFaults(overlays.production.but(change));
    const development = (change: (copy: Overlay) => void) =>
      referenceFaults(overlays.development.but(change));
    const api = (copy: Overlay) => copy.one('Deployment', 'api').spec!.template.spec!;
    const without = (from: Overlay, ...object: Parameters<Overlay['without']>) =>
      referenceFaults(from.without(...object));
    const trigger = (copy: Overlay) => copy.one('ScaledObject', 'order-worker').spec.triggers[0]!;

    expect(without(overlays.development, 'Secret', 'mail')).toContainEqual(
      expect.stringMatching(/^Deployment notify-worker: no key url in a Secret mail-\w+, for SMTP_URL$/),
    );
    expect(
      production((copy) => (api(copy).containers[0]!.env![0]!.valueFrom!.secretKeyRef!.key = 'url')),
    ).toEqual([expect.stringMatching(/^Deployment api: no key url in a Secret /)]);
    expect(without(overlays.production, 'ConfigMap', 'settings')).toHaveLength(apps.length);
    expect(without(overlays.production, 'ServiceAccount', 'migrate')).toEqual([
      'Job migrate: no service account migrate',
    ]);
    expect(production((copy) => delete api(copy).volumes)).toEqual(['Deployment api: no volume tmp']);
    expect(production((copy) => (api(copy).containers[0]!.livenessProbe!.httpGet!.port = 'web'))).toEqual([
      'Deployment api: no port web for a probe',
    ]);
    expect(production((copy) => (copy.one('Service', 'api').spec!.ports![0]!.targetPort = 'web'))).toEqual([
      'Service api: no port web',
    ]);
    expect(without(overlays.production, 'Service', 'api')).toEqual([
      'Ingress api: no backend for /v1/orders',
      'Ingress api: no backend for /v1/products',
    ]);
    expect(production((copy) => delete copy.one('Ingress', 'api').metadata.annotations)).toEqual([
      'Ingress api: no Secret api-tls',
    ]);
    expect(
      production((copy) => (copy.one('Deployment', 'api').spec!.selector.matchLabels = { app: 'api' })),
    ).toEqual(['Deployment api does not select its own pods']);
    expect(
      production(
        (copy) => (copy.one('PodDisruptionBudget', 'api').spec!.selector!.matchLabels = { app: 'api' }),
      ),
    ).toEqual(['PodDisruptionBudget api selects nobody']);
    expect(without(overlays.production, 'Cluster', 'postgres')).toEqual(
      expect.arrayContaining([
        'Job migrate: no key uri in a Secret postgres-app, for DATABASE_URL',
        'NetworkPolicy postgres selects nobody',
        'NetworkPolicy to-database has a peer that is nobody: {"matchLabels":{"cnpg.io/cluster":"postgres"}}',
      ]),
    );
    expect(without(overlays.development, 'Deployment', 'mailpit')).toContain(
      'Service mailpit selects 0 kinds of pods',
    );
    expect(
      development(
        (copy) => (copy.one('NetworkPolicy', 'mailpit').spec!.ingress![0]!.ports![0]!.port = 'mail'),
      ),
    ).toEqual(['NetworkPolicy mailpit: no port mail']);
    expect(production((copy) => (trigger(copy).metadata.queueName = 'orders'))).toEqual([
      'ScaledObject order-worker: no queue orders',
    ]);
    expect(production((copy) => (trigger(copy).authenticationRef!.name = 'broker'))).toEqual([
      'ScaledObject order-worker: no TriggerAuthentication broker',
    ]);
    expect(
      production((copy) => (copy.one('ScaledObject', 'order-worker').spec.scaleTargetRef.name = 'orders')),
    ).toEqual(['ScaledObject order-worker: no Deployment orders']);
    expect(production((copy) => (copy.one('Deployment', 'api').spec!.replicas = 2))).toEqual([
      'HorizontalPodAutoscaler api: an apply sets the replicas of api back',
    ]);
    expect(
      production(
        (copy) => (copy.one('TriggerAuthentication', 'rabbitmq').spec.secretTargetRef![0]!.key = 'url'),
      ),
    ).toEqual(['TriggerAuthentication rabbitmq: no key url in a Secret rabbitmq-default-user']);
  });
});

describe.each(OVERLAYS)('What %s says matches what the code reads', (name) => {
  const overlay = () => overlays[name];

  it('has a Deployment, a disruption budget and an account for each app', () => {
    const deployed = overlay()
      .all('Deployment')
      .filter(({ spec }) => spec!.template.metadata!.labels!['app.kubernetes.io/component'] === 'app');
    expect(deployed.map(({ metadata }) => metadata.name)).toEqual(apps.toSorted());
    for (const app of apps) {
      const { labels } = overlay().pods.find((pod) => pod.name === `Deployment ${app}`)!;
      const { selector } = overlay().one('PodDisruptionBudget', app).spec!;
      expect(
        overlay()
          .pods.filter((pod) => selects(selector!, pod.labels))
          .map((pod) => pod.labels),
      ).toEqual([labels]);
      expect(overlay().one('Deployment', app).spec!.template.spec!.serviceAccountName).toBe(app);
    }
  });

  it.each(apps)('gives %s an environment that it starts with, and nothing that nobody reads', (app) => {
    const container = containerOf(overlay(), app);
    const given = environmentOf(overlay(), container);
    const { PORT } = readEnvironment(appManifest(app).requires, given);
    // The SDK of OpenTelemetry reads its own.
    const ours = Object.keys(given).filter((variable) => !variable.startsWith('OTEL_'));
    expect(ours.filter((variable) => !(variable in environmentSchema.shape))).toEqual([]);
    expect(container.ports).toEqual([{ name: 'http', containerPort: PORT }]);
  });

  it.each(apps)('probes %s for what its health tells', (app) => {
    const { startupProbe, livenessProbe, readinessProbe } = containerOf(overlay(), app);
    const controller = readFileSync('libs/platform/src/health/health.controller.ts', 'utf8');
    const path = (part: string) => {
      expect(controller).toContain(`@Get('${part}')`);
      return `/health/${part}`;
    };
    expect(startupProbe!.httpGet!.path).toBe(path('live'));
    expect(livenessProbe!.httpGet!.path).toBe(path('live'));
    expect(readinessProbe!.httpGet!.path).toBe(path('ready'));
    const answersWithin = Number(/PROBE_TIMEOUT_MS = (\d+)/.exec(controller)![1]);
    expect(readinessProbe!.timeoutSeconds! * 1_000).toBeGreaterThan(answersWithin);
  });

  it.each(apps)('lets %s finish what it is at', (app) => {
    const { terminationGracePeriodSeconds, containers } = overlay().one('Deployment', app).spec!.template
      .spec!;
    const { SHUTDOWN_TIMEOUT_MS } = readEnvironment([], environmentOf(overlay(), containers[0]!));
    const sleep = containers[0]!.lifecycle?.preStop?.sleep?.seconds ?? 0;
    expect(terminationGracePeriodSeconds).toBeGreaterThan(sleep + SHUTDOWN_TIMEOUT_MS / 1_000);
    if (app === 'api') expect(sleep).toBeGreaterThanOrEqual(5);
  });

  it('starts each app as its image does, and the migrations from the image of the api', () => {
    for (const app of apps) {
      const { command, args, image } = containerOf(overlay(), app);
      expect([command, args]).toEqual([undefined, undefined]);
      expect(image).toMatch(new RegExp(`estoque-system/${app}(:|$)`));
    }
    const { command, image } = overlay().one('Job', 'migrate').spec!.template.spec!.containers[0]!;
    expect(image).toBe(containerOf(overlay(), 'api').image);
    expect(command![0]).toBe('node');
    expect(existsSync(command![1]!)).toBe(true);
    const job = overlay().one('Job', 'migrate').spec!.template.spec!.containers[0]!;
    expect(() =>
      readEnvironment([], { RABBITMQ_URL: 'amqp://mq', ...environmentOf(overlay(), job) }),
    ).not.toThrow();
  });

  it('runs everything at the Pod Security level restricted, ours without a writable root', () => {
    expect(overlay().pods.flatMap(restrictedFaults)).toEqual([]);
    for (const { spec } of [
      ...apps.map((app) => overlay().one('Deployment', app)),
      overlay().one('Job', 'migrate'),
    ]) {
      const pod = spec!.template.spec!;
      expect(pod.automountServiceAccountToken).toBe(false);
      expect(pod.securityContext!.runAsUser).toBe(1_000); // of `node`, which the kubelet can't look up
      const [{ securityContext, volumeMounts }] = pod.containers as [IContainer];
      expect(securityContext!.readOnlyRootFilesystem).toBe(true);
      expect(volumeMounts).toContainEqual({ name: 'tmp', mountPath: '/tmp' });
    }
    expect(readFileSync('deploy/docker/Dockerfile', 'utf8')).toMatch(/^USER (node|1000)\b/m);
  });

  it('asks for what was measured, and has V8 give up before the kernel does', () => {
    const flags = readFileSync('deploy/docker/Dockerfile', 'utf8');
    const [semi, old] = ['max-semi-space-size', 'max-old-space-size'].map((flag) =>
      Number(new RegExp(`--${flag}=(\\d+)`).exec(flags)![1]),
    );
    for (const app of apps) {
      const { requests, limits } = containerOf(overlay(), app).resources!;
      expect(requests).toMatchObject({ cpu: expect.any(String) as string, memory: '192Mi' });
      // New space is three semi-spaces; 100 MB are for what isn't heap.
      expect(parseInt(limits!.memory as string)).toBeGreaterThanOrEqual(old! + 3 * semi! + 100);
    }
  });

  it('lets everybody reach what he needs, and nobody anything else', () => {
    const pod = (app: string) => overlay().pods.find((each) => each.name === `Deployment ${app}`)!;
    const migrate = overlay().pods.find((each) => each.name === 'Job migrate')!;
    /** The pods behind a host name: of a Service, or of the operator that makes it. */
    const behind = (host: string) => {
      const [service] = host.split('.');
      const own = overlay()
        .all('Service')
        .find(({ metadata }) => metadata.name === service)?.spec?.selector;
      return overlay().pods.filter(({ name: each, labels }) =>
        own
          ? selects({ matchLabels: own }, labels)
          : [`Cluster ${service!.replace(/-rw$/, '')}`, `RabbitmqCluster ${service}`].includes(each),
      );
    };
    const reaches = (from: typeof migrate, url: string) => {
      const { hostname, port } = new URL(url);
      const pods = behind(hostname);
      const isOutside = hostname.endsWith('.example');
      expect(pods.length).toBe(isOutside ? 0 : 1);
      return isOutside
        ? mayLeave(overlay(), from, Number(port))
        : mayConnect(overlay(), from, pods[0]!, Number(port));
    };
    const { DATABASE_URL, RABBITMQ_URL, SMTP_URL } = readEnvironment(
      ['SMTP_URL'],
      environmentOf(overlay(), containerOf(overlay(), 'notify-worker')),
    );
    for (const app of apps) {
      expect(reaches(pod(app), DATABASE_URL)).toBe(true);
      for (const url of RABBITMQ_URL) expect(reaches(pod(app), url)).toBe(true);
      expect(reaches(pod(app), SMTP_URL!)).toBe(app === 'notify-worker');
      for (const other of apps) expect(mayConnect(overlay(), pod(app), pod(other), 3_000)).toBe(false);
    }
    expect(reaches(migrate, DATABASE_URL)).toBe(true);
    expect(reaches(migrate, RABBITMQ_URL[0]!)).toBe(false);
  });
});

describe('Who may talk to whom', () => {
  it('is what the policies say, on both sides', () => {
    const { production } = overlays;
    const pod = (name: string) => production.pods.find((each) => each.name === name)!;
    const toBroker = (overlay: Overlay) =>
      mayConnect(overlay, pod('Deployment order-worker'), pod('RabbitmqCluster rabbitmq'), 5_672);
    expect(toBroker(production)).toBe(true);
    expect(toBroker(production.without('NetworkPolicy', 'to-broker'))).toBe(false);
    expect(toBroker(production.without('NetworkPolicy', 'rabbitmq'))).toBe(false);
    expect(mayLeave(production, pod('Deployment notify-worker'), 465)).toBe(true);
    expect(
      mayLeave(production.without('NetworkPolicy', 'to-mail'), pod('Deployment notify-worker'), 465),
    ).toBe(false);
  });
});

describe('The database', () => {
  it('has a connection for each that all pods of production can want', () => {
    const { production } = overlays;
    const most = Object.fromEntries([
      ...production
        .all('ScaledObject')
        .map(({ spec }) => [spec.scaleTargetRef.name, spec.maxReplicaCount] as const),
      ...production
        .all('HorizontalPodAutoscaler')
        .map(({ spec }) => [spec.scaleTargetRef.name, spec.maxReplicas] as const),
    ]);
    expect(Object.keys(most).toSorted()).toEqual(apps.toSorted());
    const wanted = apps.map((app) => {
      const environment = readEnvironment([], environmentOf(production, containerOf(production, app)));
      // One more than there should be, in a roll-out.
      return (most[app]! + 1) * environment.DATABASE_POOL_SIZE;
    });
    const { max_connections } = production.one('Cluster', 'postgres').spec.postgresql!.parameters!;
    // 30 connections are kept for the operator, for replication and for administration.
    const available = Number(max_connections) - 30;
    const sum = wanted.reduce((total, connections) => total + connections);
    expect(
      sum > available &&
        `All pods of production can open ${sum} connections, and ${available} are available: ` +
          'raise max_connections in overlays/production/postgres.yaml, or lower DATABASE_POOL_SIZE in ' +
          'base/kustomization.yaml or the maximum of replicas in overlays/production/scaling.yaml',
    ).toBe(false);
  });
});

describe('Production', () => {
  it('scales each worker by the queue that it consumes, and never to none', () => {
    for (const worker of workers) {
      const { scaleTargetRef, triggers, minReplicaCount } = overlays.production.one(
        'ScaledObject',
        worker,
      ).spec;
      expect(scaleTargetRef.name).toBe(worker);
      expect(triggers.map(({ type, metadata }) => [type, metadata.mode, metadata.queueName])).toEqual([
        ['rabbitmq', 'QueueLength', queueOf(worker)],
      ]);
      expect(minReplicaCount).toBeGreaterThanOrEqual(2);
    }
  });

  it('keeps three of everything that keeps data', () => {
    expect(overlays.production.one('Cluster', 'postgres').spec.instances).toBe(3);
    expect(overlays.production.one('RabbitmqCluster', 'rabbitmq').spec.replicas).toBe(3);
  });

  it.each(['production', 'external'] as const)('rolls out one release in %s, and says which', (name) => {
    const tags = [...apps.map((app) => containerOf(overlays[name], app).image!.split(':')[1])];
    expect([...new Set(tags)]).toEqual([expect.stringMatching(/^\d+\.\d+\.\d+$/)]);
  });
});

describe('The Pod Security level restricted', () => {
  it('is broken by each of its rules', () => {
    const faultsOf = (change: (pod: NonNullable<Overlay['pods'][0]['spec']>) => void) =>
      overlays.external
        .but((copy) => change(copy.one('Deployment', 'api').spec!.template.spec!))
        .pods.flatMap(restrictedFaults);
    const context = (pod: NonNullable<Overlay['pods'][0]['spec']>) => pod.containers[0]!.securityContext!;
    expect(faultsOf((pod) => (pod.hostNetwork = true))).toHaveLength(1);
    expect(faultsOf((pod) => (pod.securityContext!.sysctls = []))).toHaveLength(1);
    expect(faultsOf((pod) => pod.volumes!.push({ name: 'etc', hostPath: { path: '/etc' } }))).toHaveLength(1);
    expect(faultsOf((pod) => delete pod.securityContext!.seccompProfile)).toHaveLength(1);
    expect(faultsOf((pod) => delete pod.securityContext!.runAsNonRoot)).toHaveLength(1);
    expect(faultsOf((pod) => (pod.securityContext!.runAsUser = 0))).toHaveLength(1);
    expect(faultsOf((pod) => (context(pod).privileged = true))).toHaveLength(1);
    expect(faultsOf((pod) => delete context(pod).allowPrivilegeEscalation)).toHaveLength(1);
    expect(faultsOf((pod) => (context(pod).capabilities!.drop = ['NET_RAW']))).toHaveLength(1);
    expect(faultsOf((pod) => (context(pod).capabilities!.add = ['SYS_ADMIN']))).toHaveLength(1);
    expect(faultsOf((pod) => (pod.containers[0]!.ports![0]!.hostPort = 80))).toHaveLength(1);
  });
});

describe('roll-out.sh', () => {
  /** Runs it with a kubectl that builds for real, writes down everything else, and has the Job end as told. */
  function rollOut(overlay: string, jobEnds: 'Complete' | 'Failed') {
    const folder = mkdtempSync(join(tmpdir(), 'estoque-roll-out-'));
    const script = [
      '#!/bin/sh',
      `case "$*" in kustomize*) exec '${kubectl}' "$@" ;; *"get job"*) echo ${jobEnds} ;; *) echo "$@" ;; esac`,
    ].join('\n');
    writeFileSync(join(folder, 'kubectl'), script, { mode: 0o755 });
    const { status, stdout } = spawnSync('bash', ['deploy/kubernetes/roll-out.sh', overlay], {
      env: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
      encoding: 'utf8',
    });
    rmSync(folder, { recursive: true });
    const did = stdout.split('\n').map((line) => line.replace(/--filename \S+ /, ''));
    return { status, did: did.filter(Boolean) };
  }

  it.each(OVERLAYS)('migrates before it touches the apps of %s, and names what there is', (name) => {
    const { status, did } = rollOut(name, 'Complete');
    expect(status).toBe(0);
    const steps = did.filter((step) => step.startsWith('apply'));
    expect(steps).toEqual([
      'apply --selector app.kubernetes.io/component notin (app, migration)',
      'apply --selector app.kubernetes.io/component = migration',
      'apply --selector app.kubernetes.io/component = app',
    ]);
    // What it waits for is in the overlay.
    const kinds: Record<string, string> = {
      statefulset: 'StatefulSet',
      job: 'Job',
      cluster: 'Cluster',
      rabbitmqcluster: 'RabbitmqCluster',
    };
    const named = [...did.join('\n').matchAll(/(\w+)(?:\.[a-z.]+)?\/([\w-]+) /g)].filter(
      ([, kind]) => kinds[kind!],
    );
    for (const [, kind, object] of named) overlays[name].one(kinds[kind!] as 'Job', object!);
    expect(named.length).toBeGreaterThanOrEqual(name === 'external' ? 1 : 3);
  });

  it('leaves the apps alone where the migrations fail', () => {
    const { status, did } = rollOut('external', 'Failed');
    expect(status).not.toBe(0);
    expect(did.at(-1)).toMatch(/logs job\/migrate$/);
  });

  it('applies everything in one of its steps', () => {
    const component = ({ metadata }: KubernetesObject) => metadata.labels?.['app.kubernetes.io/component'];
    for (const name of OVERLAYS) {
      const steps = overlays[name].objects.map((object) => [component(object), object.kind] as const);
      const kindsOf = (wanted: string) =>
        new Set(steps.filter(([each]) => each === wanted).map(([, kind]) => kind));
      expect(kindsOf('app')).toContain('Deployment');
      expect([...kindsOf('migration')].toSorted()).toEqual(['Job', 'ServiceAccount']);
    }
  });
});
