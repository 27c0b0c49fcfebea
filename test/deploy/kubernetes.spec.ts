import { roleOf } from '@estoque/domain';
import { environmentSchema, readEnvironment } from '@estoque/platform';
import type { IContainer, IPodSpec } from 'kubernetes-models/v1';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findKubectl } from '../../tools/infrastructure/programs.js';
import { mayConnect, mayConnectOutside } from './network.js';
import { exampleSecretsOf, mountedSecretOf, Overlay, type KubernetesObject } from './overlay.js';
import { findReferenceProblems, selects } from './references.js';
import { findPodSecurityProblems } from './restricted.js';
import { findSchemaErrors, findTypeErrors } from './types.js';
import { APP_NAMES, appManifest, WORKERS } from '../../apps/manifest.js';
import { brokerUserOf } from '../../tools/infrastructure/broker-users.js';

const OVERLAYS = ['development', 'production', 'external'] as const;
const apps = APP_NAMES;
const workers = WORKERS.map(({ name }) => name);
const overlays = {} as Record<(typeof OVERLAYS)[number], Overlay>;
let kubectl: string;

beforeAll(async () => {
  kubectl = await findKubectl(process.cwd());
  for (const name of OVERLAYS) overlays[name] = Overlay.build(name, kubectl);
}, 300_000);

const podSpecOf = (overlay: Overlay, app: string) => overlay.one('Deployment', app).spec!.template.spec!;
const containerOf = (overlay: Overlay, app: string) => podSpecOf(overlay, app).containers[0]!;

/** @returns the environment variables of a pod's container, from ConfigMaps, mounted Secrets and values */
function readPodEnvironment(overlay: Overlay, pod: IPodSpec): Record<string, string> {
  const container = pod.containers[0]!;
  const { env = [], envFrom = [] } = container;
  const settings = envFrom.map(({ configMapRef }) => overlay.one('ConfigMap', configMapRef!.name!).data);
  const variables = env.map(({ name, value }) => {
    if (!name.endsWith('_FILE')) return [name, value];
    const { secret, key } = mountedSecretOf(pod, container, value!)!;
    return [name.replace(/_FILE$/, ''), overlay.secrets[secret]![key]];
  });
  return Object.assign({}, ...settings, Object.fromEntries(variables)) as Record<string, string>;
}

/** @returns the queue that a worker consumes */
const queueOf = (worker: string) => WORKERS.find(({ name }) => name === worker)?.queue;

describe('Kubernetes objects', () => {
  it('match the types of their kind, without unknown keys, and the JSON schemas', () => {
    const objects = OVERLAYS.flatMap((name) => [...overlays[name].objects, ...exampleSecretsOf(name)]);
    expect(objects.length).toBeGreaterThan(80);
    expect(findTypeErrors(objects)).toEqual([]);
    expect(findSchemaErrors(objects)).toEqual([]);
  });

  it('fail the type check for each kind of mistake', () => {
    const changeSpec = (kind: string, name: string, change: (spec: never) => void) => {
      const original = overlays.production.objects.find(
        (object) => object.kind === kind && object.metadata.name === name,
      );
      const copy = structuredClone(original) as KubernetesObject & { spec: never };
      change(copy.spec);
      return copy;
    };
    const errors = findTypeErrors([
      changeSpec('Deployment', 'api', (spec: { template: { spec: { containers: object[] } } }) =>
        Object.assign(spec.template.spec.containers[0]!, { imagee: 'api' }),
      ),
      changeSpec('Deployment', 'api', (spec: object) => Object.assign(spec, { minReadySeconds: '5' })),
      changeSpec('Deployment', 'api', (spec: { selector?: object }) => delete spec.selector),
      changeSpec('Cluster', 'postgres', (spec: object) => Object.assign(spec, { instance: 3 })),
      changeSpec('Cluster', 'postgres', (spec: object) => Object.assign(spec, { instances: '3' })),
      changeSpec('RabbitmqCluster', 'rabbitmq', (spec: object) => Object.assign(spec, { replica: 3 })),
      changeSpec('RabbitmqCluster', 'rabbitmq', (spec: object) => Object.assign(spec, { replicas: '3' })),
      changeSpec('ScaledObject', 'order-worker', (spec: object) => Object.assign(spec, { maxReplicas: 3 })),
      changeSpec('ScaledObject', 'order-worker', (spec: object) =>
        Object.assign(spec, { maxReplicaCount: '3' }),
      ),
      changeSpec('TriggerAuthentication', 'rabbitmq', (spec: object) =>
        Object.assign(spec, { secretRef: [] }),
      ),
    ]);
    expect(errors).toEqual([
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
    const wrongQuantity = changeSpec('Cluster', 'postgres', (spec: { resources: { requests: object } }) =>
      Object.assign(spec.resources.requests, { memory: 'lots' }),
    );
    expect(findSchemaErrors([wrongQuantity])).toEqual([expect.stringMatching(/^Cluster postgres: .*memory/)]);
  });
});

describe('References between Kubernetes objects', () => {
  it.each(OVERLAYS)('all have a target in %s', (name) => {
    expect(findReferenceProblems(overlays[name])).toEqual([]);
  });

  it('are found if their target is missing, for each kind of reference', () => {
    const inProduction = (change: (copy: Overlay) => void) =>
      findReferenceProblems(overlays.production.withChange(change));
    const inDevelopment = (change: (copy: Overlay) => void) =>
      findReferenceProblems(overlays.development.withChange(change));
    const api = (copy: Overlay) => copy.one('Deployment', 'api').spec!.template.spec!;
    const volume = (copy: Overlay, name: string) => api(copy).volumes!.find((other) => other.name === name)!;
    const without = (overlay: Overlay, ...object: Parameters<Overlay['without']>) =>
      findReferenceProblems(overlay.without(...object));
    const trigger = (copy: Overlay) => copy.one('ScaledObject', 'order-worker').spec.triggers[0]!;

    expect(without(overlays.development, 'Secret', 'mail')).toContainEqual(
      expect.stringMatching(/^Deployment notify-worker: no key url in a Secret mail-\w+, for SMTP_URL_FILE$/),
    );
    expect(inProduction((copy) => (volume(copy, 'database').secret!.items![0]!.key = 'uri'))).toEqual([
      'Deployment api: no key uri in a Secret database-api, for DATABASE_URL_FILE',
    ]);
    expect(inProduction((copy) => (volume(copy, 'broker').secret!.items![0]!.path = 'password'))).toEqual([
      'Deployment api: no file /run/secrets/broker/url, for RABBITMQ_URL_FILE',
    ]);
    expect(without(overlays.production, 'ConfigMap', 'settings')).toHaveLength(apps.length);
    expect(without(overlays.production, 'ServiceAccount', 'migrate')).toEqual([
      'Job migrate: no service account migrate',
    ]);
    expect(
      inProduction((copy) => api(copy).volumes!.splice(api(copy).volumes!.indexOf(volume(copy, 'tmp')), 1)),
    ).toEqual(['Deployment api: no volume tmp']);
    expect(inProduction((copy) => (api(copy).containers[0]!.livenessProbe!.httpGet!.port = 'web'))).toEqual([
      'Deployment api: no port web for a probe',
    ]);
    expect(inProduction((copy) => (copy.one('Service', 'api').spec!.ports![0]!.targetPort = 'web'))).toEqual([
      'Service api: no port web',
    ]);
    expect(without(overlays.production, 'Service', 'api')).toEqual([
      'Ingress api: no backend for /v1/orders',
      'Ingress api: no backend for /v1/products',
      'Ingress api: no backend for /v1/notifications',
      'Ingress api: no backend for /v1/payments',
    ]);
    expect(inProduction((copy) => delete copy.one('Ingress', 'api').metadata.annotations)).toEqual([
      'Ingress api: no Secret api-tls',
    ]);
    expect(
      inProduction((copy) => (copy.one('Deployment', 'api').spec!.selector.matchLabels = { app: 'api' })),
    ).toEqual(['Deployment api does not select its own pods']);
    expect(
      inProduction(
        (copy) => (copy.one('PodDisruptionBudget', 'api').spec!.selector!.matchLabels = { app: 'api' }),
      ),
    ).toEqual(['PodDisruptionBudget api selects no pod']);
    expect(without(overlays.production, 'Cluster', 'postgres')).toEqual(
      expect.arrayContaining([
        'Job migrate: no key uri in a Secret postgres-app, for DATABASE_URL_FILE',
        'NetworkPolicy postgres selects no pod',
        'NetworkPolicy to-database has a peer that selects no pod: {"matchLabels":{"cnpg.io/cluster":"postgres"}}',
      ]),
    );
    expect(without(overlays.development, 'Deployment', 'mailpit')).toContain(
      'Service mailpit selects 0 kinds of pods',
    );
    expect(
      inDevelopment(
        (copy) => (copy.one('NetworkPolicy', 'mailpit').spec!.ingress![0]!.ports![0]!.port = 'mail'),
      ),
    ).toEqual(['NetworkPolicy mailpit: no port mail']);
    expect(inProduction((copy) => (trigger(copy).metadata.queueName = 'orders'))).toEqual([
      'ScaledObject order-worker: no queue orders',
    ]);
    expect(inProduction((copy) => (trigger(copy).authenticationRef!.name = 'broker'))).toEqual([
      'ScaledObject order-worker: no TriggerAuthentication broker',
    ]);
    expect(
      inProduction((copy) => (copy.one('ScaledObject', 'order-worker').spec.scaleTargetRef.name = 'orders')),
    ).toEqual(['ScaledObject order-worker: no Deployment orders']);
    expect(inProduction((copy) => (copy.one('Deployment', 'api').spec!.replicas = 2))).toEqual([
      'HorizontalPodAutoscaler api: an apply resets the replicas of api',
    ]);
    expect(
      inProduction(
        (copy) => (copy.one('TriggerAuthentication', 'rabbitmq').spec.secretTargetRef![0]!.key = 'uri'),
      ),
    ).toEqual(['TriggerAuthentication rabbitmq: no key uri in a Secret broker-keda']);
  });
});

describe.each(OVERLAYS)('Overlay %s', (name) => {
  const overlay = () => overlays[name];

  it('has a Deployment, a disruption budget and a service account for each app', () => {
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

  it.each(apps)('gives %s a valid environment without unknown variables', (app) => {
    const container = containerOf(overlay(), app);
    const environment = readPodEnvironment(overlay(), podSpecOf(overlay(), app));
    const { PORT } = readEnvironment(appManifest(app).requires, environment);
    // The OpenTelemetry SDK reads the OTEL_ variables.
    const applicationVariables = Object.keys(environment).filter((variable) => !variable.startsWith('OTEL_'));
    expect(applicationVariables.filter((variable) => !(variable in environmentSchema.shape))).toEqual([]);
    expect(container.ports).toEqual([{ name: 'http', containerPort: PORT }]);
  });

  it.each(apps)('probes the health endpoints of %s', (app) => {
    const { startupProbe, livenessProbe, readinessProbe } = containerOf(overlay(), app);
    const controller = readFileSync('libs/platform/src/health/health.controller.ts', 'utf8');
    const path = (part: string) => {
      expect(controller).toContain(`@Get('${part}')`);
      return `/health/${part}`;
    };
    expect(startupProbe!.httpGet!.path).toBe(path('live'));
    expect(livenessProbe!.httpGet!.path).toBe(path('live'));
    // Kubernetes sends requests to an api whose database is unavailable: it answers them itself (docs/adr/0027).
    expect(readinessProbe!.httpGet!.path).toBe(path(app === 'api' ? 'accepting' : 'ready'));
    const responseTimeout = Number(/PROBE_TIMEOUT_MS = (\d+)/.exec(controller)![1]);
    expect(readinessProbe!.timeoutSeconds! * 1_000).toBeGreaterThan(responseTimeout);
  });

  it('divides the limits of requests by the number of api pods', () => {
    const { API_REPLICAS } = readEnvironment([], readPodEnvironment(overlay(), podSpecOf(overlay(), 'api')));
    const scaled = overlay()
      .all('HorizontalPodAutoscaler')
      .find(({ spec }) => spec.scaleTargetRef.name === 'api')?.spec;
    expect(API_REPLICAS).toBe(scaled?.minReplicas ?? overlay().one('Deployment', 'api').spec!.replicas);
  });

  it.each(apps)('gives %s enough time for a graceful shutdown', (app) => {
    const { terminationGracePeriodSeconds, containers } = overlay().one('Deployment', app).spec!.template
      .spec!;
    const { SHUTDOWN_TIMEOUT_MS } = readEnvironment(
      [],
      readPodEnvironment(overlay(), podSpecOf(overlay(), app)),
    );
    const sleep = containers[0]!.lifecycle?.preStop?.sleep?.seconds ?? 0;
    expect(terminationGracePeriodSeconds).toBeGreaterThan(sleep + SHUTDOWN_TIMEOUT_MS / 1_000);
    if (app === 'api') expect(sleep).toBeGreaterThanOrEqual(5);
  });

  it('starts each app with the command of its image, and the migrations from the image of the api', () => {
    for (const app of apps) {
      const { command, args, image } = containerOf(overlay(), app);
      expect([command, args]).toEqual([undefined, undefined]);
      expect(image).toMatch(new RegExp(`estoque-system/${app}(:|$)`));
    }
    const { command, image } = overlay().one('Job', 'migrate').spec!.template.spec!.containers[0]!;
    expect(image).toBe(containerOf(overlay(), 'api').image);
    expect(command![0]).toBe('node');
    expect(existsSync(command![1]!)).toBe(true);
    const job = overlay().one('Job', 'migrate').spec!.template.spec!;
    expect(() =>
      readEnvironment([], { RABBITMQ_URL: 'amqp://mq', ...readPodEnvironment(overlay(), job) }),
    ).not.toThrow();
  });

  it('runs every pod at the Pod Security level restricted, and apps with a read-only root file system', () => {
    expect(overlay().pods.flatMap(findPodSecurityProblems)).toEqual([]);
    for (const { spec } of [
      ...apps.map((app) => overlay().one('Deployment', app)),
      overlay().one('Job', 'migrate'),
    ]) {
      const pod = spec!.template.spec!;
      expect(pod.automountServiceAccountToken).toBe(false);
      expect(pod.securityContext!.runAsUser).toBe(1_000); // the user `node` of the image; the kubelet cannot resolve names
      const [{ securityContext, volumeMounts }] = pod.containers as [IContainer];
      expect(securityContext!.readOnlyRootFilesystem).toBe(true);
      expect(volumeMounts).toContainEqual({ name: 'tmp', mountPath: '/tmp' });
    }
    expect(readFileSync('deploy/docker/Dockerfile', 'utf8')).toMatch(/^USER (node|1000)\b/m);
  });

  it('requests the measured memory, with a limit above the heap limit of V8', () => {
    const flags = readFileSync('deploy/docker/Dockerfile', 'utf8');
    const [semi, old] = ['max-semi-space-size', 'max-old-space-size'].map((flag) =>
      Number(new RegExp(`--${flag}=(\\d+)`).exec(flags)![1]),
    );
    for (const app of apps) {
      const { requests, limits } = containerOf(overlay(), app).resources!;
      expect(requests).toMatchObject({ cpu: expect.any(String) as string, memory: '192Mi' });
      // The new space consists of three semi-spaces; 100 MB are for memory outside of the heap.
      expect(parseInt(limits!.memory as string)).toBeGreaterThanOrEqual(old! + 3 * semi! + 100);
    }
  });

  it('allows each pod to connect to its dependencies and to nothing else', () => {
    const podOf = (app: string) => overlay().pods.find(({ name }) => name === `Deployment ${app}`)!;
    const migrate = overlay().pods.find(({ name }) => name === 'Job migrate')!;
    /** @returns the pods behind a host name, which belongs to a Service of the overlay or of an operator */
    const podsBehind = (host: string) => {
      const [service] = host.split('.');
      const selector = overlay()
        .all('Service')
        .find(({ metadata }) => metadata.name === service)?.spec?.selector;
      return overlay().pods.filter(({ name: pod, labels }) =>
        selector
          ? selects({ matchLabels: selector }, labels)
          : [`Cluster ${service!.replace(/-rw$/, '')}`, `RabbitmqCluster ${service}`].includes(pod),
      );
    };
    const canReach = (from: typeof migrate, url: string) => {
      const { hostname, port } = new URL(url);
      const pods = podsBehind(hostname);
      const isOutside = hostname.endsWith('.example');
      expect(pods.length).toBe(isOutside ? 0 : 1);
      return isOutside
        ? mayConnectOutside(overlay(), from, Number(port))
        : mayConnect(overlay(), from, pods[0]!, Number(port));
    };
    const { DATABASE_URL, RABBITMQ_URL, SMTP_URL } = readEnvironment(
      ['SMTP_URL'],
      readPodEnvironment(overlay(), podSpecOf(overlay(), 'notify-worker')),
    );
    for (const app of apps) {
      expect(canReach(podOf(app), DATABASE_URL)).toBe(true);
      for (const url of RABBITMQ_URL) expect(canReach(podOf(app), url)).toBe(true);
      expect(canReach(podOf(app), SMTP_URL!)).toBe(app === 'notify-worker');
      // Keys of identity providers, the payment gateway, and receivers of webhooks.
      const hasAccess = ['api', 'payment-worker', 'notify-worker'].includes(app);
      expect(mayConnectOutside(overlay(), podOf(app), 443)).toBe(hasAccess);
      for (const other of apps) expect(mayConnect(overlay(), podOf(app), podOf(other), 3_000)).toBe(false);
    }
    expect(canReach(migrate, DATABASE_URL)).toBe(true);
    expect(canReach(migrate, RABBITMQ_URL[0]!)).toBe(false);
  });
});

describe.each(OVERLAYS)('Secrets of the overlay %s', (name) => {
  it('are mounted as files, readable by the group of the pod only, and are in no environment variable', () => {
    const overlay = overlays[name];
    const pods = [
      ...apps.map((app) => podSpecOf(overlay, app)),
      overlay.one('Job', 'migrate').spec!.template.spec!,
    ];
    for (const { containers, volumes, securityContext } of pods) {
      expect((containers[0]!.env ?? []).filter(({ valueFrom }) => valueFrom)).toEqual([]);
      expect((containers[0]!.envFrom ?? []).filter(({ secretRef }) => secretRef)).toEqual([]);
      const modes = (volumes ?? []).flatMap(({ secret, projected }) =>
        secret || projected ? [(secret ?? projected)!.defaultMode] : [],
      );
      expect(modes.length).toBeGreaterThan(0);
      expect(new Set(modes)).toEqual(new Set([0o440]));
      expect(securityContext!.fsGroup).toBe(securityContext!.runAsGroup);
    }
  });
});

describe.each(OVERLAYS)('Users of the overlay %s', (name) => {
  it('are one for each app on the database and on the broker, and another one for the migrations', () => {
    const overlay = overlays[name];
    const migrate = readPodEnvironment(overlay, overlay.one('Job', 'migrate').spec!.template.spec!);
    const owner = new URL(migrate.DATABASE_URL!).username;
    expect(owner).not.toBe('postgres');
    for (const app of apps) {
      const { DATABASE_URL, RABBITMQ_URL } = readPodEnvironment(overlay, podSpecOf(overlay, app));
      expect(new URL(DATABASE_URL!).username).toBe(`${roleOf(app)}_login`);
      for (const url of RABBITMQ_URL!.split(',')) expect(new URL(url).username).toBe(brokerUserOf(app));
      // The migrations create the user, or find that the operator has created it.
      expect(migrate[`${app.replaceAll('-', '_').toUpperCase()}_DATABASE_URL`]).toBe(DATABASE_URL);
    }
  });
});

describe('Users of the production overlay', () => {
  it('are created by the operators, from the Secrets that the apps use', () => {
    const { production } = overlays;
    const { managed, enableSuperuserAccess } = production.one('Cluster', 'postgres').spec;
    // Without it, nobody can log in as the superuser.
    expect(enableSuperuserAccess ?? false).toBe(false);
    const urlOf = (app: string, variable: 'DATABASE_URL' | 'RABBITMQ_URL') =>
      new URL(readPodEnvironment(production, podSpecOf(production, app))[variable]!);
    for (const app of apps) {
      const role = roleOf(app);
      const [group, login] = [role, `${role}_login`].map((wanted) =>
        managed!.roles!.find((found) => found.name === wanted),
      );
      expect(group).toEqual({ name: role, inRoles: ['pg_read_all_stats'] });
      expect(login).toMatchObject({ login: true, inRoles: [role] });
      const database = production.secrets[login!.passwordSecret!.name]!;
      const { username, password } = urlOf(app, 'DATABASE_URL');
      expect([database.username, database.password]).toEqual([username, password]);
      const user = production.one('User', app).spec;
      const broker = production.secrets[user.importCredentialsSecret!.name]!;
      const { username: name, password: secret } = urlOf(app, 'RABBITMQ_URL');
      expect([broker.username, broker.password]).toEqual([name, secret]);
    }
    expect(managed!.roles).toHaveLength(2 * apps.length);
  });
});

describe('mayConnect and mayConnectOutside', () => {
  it('need a network policy on both sides of a connection', () => {
    const { production } = overlays;
    const podNamed = (wanted: string) => production.pods.find(({ name }) => name === wanted)!;
    const mayConnectToBroker = (overlay: Overlay) =>
      mayConnect(overlay, podNamed('Deployment order-worker'), podNamed('RabbitmqCluster rabbitmq'), 5_672);
    expect(mayConnectToBroker(production)).toBe(true);
    expect(mayConnectToBroker(production.without('NetworkPolicy', 'to-broker'))).toBe(false);
    expect(mayConnectToBroker(production.without('NetworkPolicy', 'rabbitmq'))).toBe(false);
    expect(mayConnectOutside(production, podNamed('Deployment notify-worker'), 465)).toBe(true);
    expect(mayConnectOutside(production, podNamed('Deployment notify-worker'), 443)).toBe(true);
    expect(mayConnectOutside(production, podNamed('Deployment stock-worker'), 443)).toBe(false);
    expect(
      mayConnectOutside(
        production.without('NetworkPolicy', 'to-mail'),
        podNamed('Deployment notify-worker'),
        465,
      ),
    ).toBe(false);
  });
});

describe('Database of the production overlay', () => {
  it('allows as many connections as all pods together can open', () => {
    const { production } = overlays;
    const maxReplicas = Object.fromEntries([
      ...production
        .all('ScaledObject')
        .map(({ spec }) => [spec.scaleTargetRef.name, spec.maxReplicaCount] as const),
      ...production
        .all('HorizontalPodAutoscaler')
        .map(({ spec }) => [spec.scaleTargetRef.name, spec.maxReplicas] as const),
    ]);
    expect(Object.keys(maxReplicas).toSorted()).toEqual(apps.toSorted());
    const connections = apps.map((app) => {
      const environment = readEnvironment([], readPodEnvironment(production, podSpecOf(production, app)));
      // A roll-out starts one pod more than the maximum. Each has one connection for readiness probes beside its pool.
      return (maxReplicas[app]! + 1) * (environment.DATABASE_POOL_SIZE + 1);
    });
    const { max_connections } = production.one('Cluster', 'postgres').spec.postgresql!.parameters!;
    // 30 connections are reserved for the operator, for replication and for administrators.
    const available = Number(max_connections) - 30;
    const needed = connections.reduce((sum, count) => sum + count);
    expect(
      needed > available &&
        `The pods can open ${needed} connections, and ${available} are available: raise max_connections in ` +
          'overlays/production/postgres.yaml, or lower DATABASE_POOL_SIZE in base/kustomization.yaml or the ' +
          'maximum of replicas in overlays/production/scaling.yaml',
    ).toBe(false);
  });
});

describe('Production overlay', () => {
  it('scales each worker by the length of its queue, and never to zero', () => {
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

  it('runs three instances of PostgreSQL and of RabbitMQ', () => {
    expect(overlays.production.one('Cluster', 'postgres').spec.instances).toBe(3);
    expect(overlays.production.one('RabbitmqCluster', 'rabbitmq').spec.replicas).toBe(3);
  });

  it.each(['production', 'external'] as const)('uses one release number for all images in %s', (name) => {
    const tags = [...apps.map((app) => containerOf(overlays[name], app).image!.split(':')[1])];
    expect([...new Set(tags)]).toEqual([expect.stringMatching(/^\d+\.\d+\.\d+$/)]);
  });
});

describe('findPodSecurityProblems', () => {
  it('finds a violation of each rule of the level restricted', () => {
    const problemsAfter = (change: (pod: NonNullable<Overlay['pods'][0]['spec']>) => void) =>
      overlays.external
        .withChange((copy) => change(copy.one('Deployment', 'api').spec!.template.spec!))
        .pods.flatMap(findPodSecurityProblems);
    const context = (pod: NonNullable<Overlay['pods'][0]['spec']>) => pod.containers[0]!.securityContext!;
    expect(problemsAfter((pod) => (pod.hostNetwork = true))).toHaveLength(1);
    expect(problemsAfter((pod) => (pod.securityContext!.sysctls = []))).toHaveLength(1);
    expect(
      problemsAfter((pod) => pod.volumes!.push({ name: 'etc', hostPath: { path: '/etc' } })),
    ).toHaveLength(1);
    expect(problemsAfter((pod) => delete pod.securityContext!.seccompProfile)).toHaveLength(1);
    expect(problemsAfter((pod) => delete pod.securityContext!.runAsNonRoot)).toHaveLength(1);
    expect(problemsAfter((pod) => (pod.securityContext!.runAsUser = 0))).toHaveLength(1);
    expect(problemsAfter((pod) => (context(pod).privileged = true))).toHaveLength(1);
    expect(problemsAfter((pod) => delete context(pod).allowPrivilegeEscalation)).toHaveLength(1);
    expect(problemsAfter((pod) => (context(pod).capabilities!.drop = ['NET_RAW']))).toHaveLength(1);
    expect(problemsAfter((pod) => (context(pod).capabilities!.add = ['SYS_ADMIN']))).toHaveLength(1);
    expect(problemsAfter((pod) => (pod.containers[0]!.ports![0]!.hostPort = 80))).toHaveLength(1);
  });
});

describe('roll-out.sh', () => {
  /** Runs the script with a stub for kubectl: it runs `kustomize`, prints every other command, and reports `jobCondition`. */
  function runRollOut(
    overlay: string,
    jobCondition: 'Complete' | 'Failed',
    { hasLogs = true }: { hasLogs?: boolean } = {},
  ) {
    const folder = mkdtempSync(join(tmpdir(), 'estoque-roll-out-'));
    const script = [
      '#!/bin/sh',
      `case "$*" in kustomize*) exec '${kubectl}' "$@" ;; *"get job"*) echo ${jobCondition} ;; *logs*) echo "$@"; ${hasLogs} ;; *) echo "$@" ;; esac`,
    ].join('\n');
    writeFileSync(join(folder, 'kubectl'), script, { mode: 0o755 });
    const { status, stdout } = spawnSync('bash', ['deploy/kubernetes/roll-out.sh', overlay], {
      env: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
      encoding: 'utf8',
    });
    rmSync(folder, { recursive: true });
    const commands = stdout.split('\n').map((line) => line.replace(/--filename \S+ /, ''));
    return { status, commands: commands.filter(Boolean) };
  }

  it.each(OVERLAYS)(
    'runs the migrations before it changes the apps of %s, and waits for objects that exist',
    (name) => {
      const { status, commands } = runRollOut(name, 'Complete');
      expect(status).toBe(0);
      const steps = commands.filter((step) => step.startsWith('apply'));
      expect(steps).toEqual([
        'apply --selector app.kubernetes.io/component notin (app, migration)',
        'apply --selector app.kubernetes.io/component = migration',
        'apply --selector app.kubernetes.io/component = app',
      ]);
      // Every object that the script waits for is in the overlay.
      const kinds: Record<string, string> = {
        statefulset: 'StatefulSet',
        job: 'Job',
        cluster: 'Cluster',
        rabbitmqcluster: 'RabbitmqCluster',
      };
      const waitedFor = [...commands.join('\n').matchAll(/(\w+)(?:\.[a-z.]+)?\/([\w-]+) /g)].filter(
        ([, kind]) => kinds[kind!],
      );
      for (const [, kind, object] of waitedFor) overlays[name].one(kinds[kind!] as 'Job', object!);
      expect(waitedFor.length).toBeGreaterThanOrEqual(name === 'external' ? 1 : 3);
    },
  );

  it('does not change the apps if the migrations fail', () => {
    const { status, commands } = runRollOut('external', 'Failed');
    expect(status).not.toBe(0);
    expect(commands.at(-1)).toMatch(/logs job\/migrate$/);
  });

  it('changes the apps after a migration whose logs cannot be fetched', () => {
    const { status, commands } = runRollOut('external', 'Complete', { hasLogs: false });
    expect(status).toBe(0);
    expect(commands).toContain('apply --selector app.kubernetes.io/component = app');
    expect(runRollOut('external', 'Failed', { hasLogs: false }).status).not.toBe(0);
  });

  it('applies each Deployment and Job in one of its steps', () => {
    const componentOf = ({ metadata }: KubernetesObject) => metadata.labels?.['app.kubernetes.io/component'];
    for (const name of OVERLAYS) {
      const steps = overlays[name].objects.map((object) => [componentOf(object), object.kind] as const);
      const kindsOf = (wanted: string) =>
        new Set(steps.filter(([component]) => component === wanted).map(([, kind]) => kind));
      expect(kindsOf('app')).toContain('Deployment');
      expect([...kindsOf('migration')].toSorted()).toEqual(['Job', 'ServiceAccount']);
    }
  });
});
