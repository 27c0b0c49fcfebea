import { roleOf } from '@estoque/domain';
import { readEnvironment } from '@estoque/platform';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { APP_NAMES, appManifest } from '../../apps/manifest.js';
import { brokerUserOf } from '../../tools/infrastructure/broker-users.js';

interface Service {
  image: string;
  build?: { context: string; dockerfile: string; args: Record<string, string> };
  command?: string[];
  environment?: Record<string, string>;
  /** The name of a secret, which is mounted under /run/secrets, or with another path. */
  secrets?: (string | { source: string; target: string })[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
  restart?: string;
  ports?: string[];
  volumes?: string[];
  profiles?: string[];
}
interface Compose {
  services: Record<string, Service>;
  secrets: Record<string, { file: string }>;
  volumes: Record<string, unknown>;
}

const compose = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as Compose;
const services = Object.entries(compose.services);
const apps = APP_NAMES;

/** Volumes of all services (`source:target[:ro]`). A source that starts with a dot is a path in the repository. */
const mounts = services.flatMap(([service, { volumes }]) =>
  (volumes ?? []).map((volume) => {
    const [source, target, mode] = volume.split(':') as [string, string, string?];
    return { service, source, target, mode };
  }),
);

/** Replaces ${NAME:-default} by the default, as Docker Compose does if NAME is unset. */
const applyDefaults = (text: string) => text.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1');
/** @returns the contents of a file that a secret mounts into the containers of a service */
function readMountedSecret({ secrets = [] }: Service, path: string): string {
  const source = secrets
    .map((secret) =>
      typeof secret === 'string' ? { source: secret, target: `/run/secrets/${secret}` } : secret,
    )
    .find(({ target }) => target === path)!.source;
  return readFileSync(applyDefaults(compose.secrets[source]!.file), 'utf8').trim();
}

/** @returns the environment of a service, with the contents of the files that variables `NAME_FILE` name */
const environmentOf = (service: Service) =>
  Object.fromEntries(
    Object.entries(service.environment ?? {}).map(([name, value]) =>
      name.endsWith('_FILE')
        ? [name.replace(/_FILE$/, ''), readMountedSecret(service, value)]
        : [name, applyDefaults(value)],
    ),
  );

describe('docker-compose.yml', () => {
  it('matches the schema of the Compose Specification', () => {
    // dclint contains the schema from the repository of the specification.
    const schema = JSON.parse(readFileSync('node_modules/dclint/schemas/compose.schema.json', 'utf8')) as {
      $schema?: string;
    };
    delete schema.$schema; // its URL for the draft is one that Ajv does not recognize
    const validate = new Ajv2019({ strict: false, validateFormats: false }).compile(schema);
    validate(compose);
    expect(validate.errors).toBeNull();
    expect(validate({ ...compose, services: { api: { imagee: 'estoque-system/api' } } })).toBe(false);
  });

  it('runs every app after the migrations have completed', () => {
    expect(Object.keys(compose.services)).toEqual(expect.arrayContaining(apps));
    expect(compose.services.migrate).toMatchObject({ restart: 'no' });
    for (const app of apps) {
      expect(compose.services[app]!.depends_on).toMatchObject({
        migrate: { condition: 'service_completed_successfully' },
      });
    }
  });

  it.each(services.filter(([, { depends_on }]) => depends_on))(
    '%s waits only for conditions that the other service can reach',
    (_, service) => {
      for (const [name, { condition }] of Object.entries(service.depends_on ?? {})) {
        const other = compose.services[name];
        expect(other).toBeDefined();
        if (condition === 'service_healthy') expect(other!.healthcheck).toBeDefined();
        if (condition === 'service_completed_successfully') expect(other!.restart).toBe('no');
      }
    },
  );

  it.each(services.filter(([, { restart }]) => restart !== 'no'))('%s has a health check', (_, service) => {
    expect(service.healthcheck?.test[0]).toMatch(/^CMD(-SHELL)?$/);
  });

  it('publishes ports on localhost only and keeps data in declared volumes', () => {
    const ports = services.flatMap(([, service]) => service.ports ?? []);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
    const volumes = mounts.filter(({ source }) => !source.startsWith('.'));
    expect(volumes.map(({ source }) => source).toSorted()).toEqual(Object.keys(compose.volumes).toSorted());
  });

  it('pins the version of every third-party image and uses each host port once', () => {
    const thirdPartyImages = services.filter(([, { build }]) => !build).map(([, { image }]) => image);
    expect(thirdPartyImages.filter((image) => !/:v?\d+[\w.-]*$/.test(image))).toEqual([]);
    const ports = services.flatMap(([, service]) => (service.ports ?? []).map(applyDefaults));
    const hostPorts = ports.map((port) => port.split(':').at(-2));
    expect(new Set(hostPorts).size).toBe(hostPorts.length);
  });

  it.each(apps)('gives %s a valid environment', (app) => {
    const service = compose.services[app]!;
    const required = [...appManifest(app).requires, 'SMTP_URL'] as const;
    const environment = readEnvironment(required, environmentOf(service));
    for (const url of [environment.DATABASE_URL, ...environment.RABBITMQ_URL, environment.SMTP_URL!])
      expect(Object.keys(compose.services)).toContain(new URL(url).hostname);
    // The health check requests the port on which the app listens.
    expect(service.healthcheck!.test.join(' ')).toContain(`:${environment.PORT}/health/ready`);
  });

  it('lets each app log in as its own user, and only the migrations as the owner of the tables', () => {
    const migrations = environmentOf(compose.services.migrate!);
    const owner = new URL(migrations.DATABASE_URL!);
    expect(environmentOf(compose.services.postgres!)).toMatchObject({
      POSTGRES_USER: owner.username,
      POSTGRES_PASSWORD: owner.password,
      POSTGRES_DB: owner.pathname.slice(1),
    });
    const definitions = readMountedSecret(compose.services.rabbitmq!, '/etc/rabbitmq/definitions.json');
    const { users } = JSON.parse(definitions) as { users: { name: string; password: string }[] };
    expect(users).toHaveLength(apps.length + 1);
    for (const app of apps) {
      const { DATABASE_URL, RABBITMQ_URL } = environmentOf(compose.services[app]!);
      expect(new URL(DATABASE_URL!).username).toBe(`${roleOf(app)}_login`);
      expect(migrations[`${app.replaceAll('-', '_').toUpperCase()}_DATABASE_URL`]).toBe(DATABASE_URL);
      const { username, password } = new URL(RABBITMQ_URL!);
      expect(username).toBe(brokerUserOf(app));
      expect(users).toContainEqual({ name: username, password, tags: [] });
    }
  });

  it('makes the broker import the definitions', () => {
    const mount = mounts.find(({ target }) => target.startsWith('/etc/rabbitmq/conf.d/'))!;
    expect(readFileSync(mount.source, 'utf8')).toContain('load_definitions = /etc/rabbitmq/definitions.json');
  });

  it('contains no password, and mounts every secret', () => {
    const text = readFileSync('docker-compose.yml', 'utf8');
    expect(text.match(/PASS(WORD)?: .*|\/\/[^\s/@]*:[^\s/@]*@.*/g)).toBeNull();
    const mounted = services.flatMap(([, { secrets = [] }]) =>
      secrets.map((secret) => (typeof secret === 'string' ? secret : secret.source)),
    );
    expect([...new Set(mounted)].toSorted()).toEqual(Object.keys(compose.secrets).toSorted());
  });

  it('builds every app image from one Dockerfile, each for an existing app', () => {
    const built = services.filter(([, { build }]) => build);
    expect(built.map(([name]) => name).toSorted()).toEqual(
      [...apps, 'migrate', 'payment-gateway'].toSorted(),
    );
    for (const [, { build }] of built) {
      expect(existsSync(build!.dockerfile)).toBe(true);
      expect(apps).toContain(build!.args.APP);
    }
    // This test run uses the same build output as the image.
    expect(existsSync(compose.services.migrate!.command![1]!)).toBe(true);
  });
});

describe('docker-compose.yml, profile observability', () => {
  const readYaml = <Document>(file: string) => parse(readFileSync(file, 'utf8')) as Document;
  const folder = 'deploy/observability';
  /** @returns the volume of the service that contains this path */
  const findMount = (service: string, path: string) =>
    mounts.find((mount) => mount.service === service && path.startsWith(mount.target))!;
  const prometheus = readYaml<{
    rule_files: string[];
    scrape_configs: {
      job_name: string;
      dns_sd_configs?: { names: string[]; port: number }[];
      static_configs?: { targets: string[] }[];
    }[];
  }>(`${folder}/prometheus/prometheus.yml`);

  it('contains no service that an app depends on', () => {
    const profileServices = services.filter(([, { profiles }]) => profiles).map(([name]) => name);
    expect(profileServices).toEqual(['prometheus', 'grafana', 'jaeger']);
    for (const [name, { depends_on, profiles }] of services) {
      if (profiles) expect([name, profiles]).toEqual([name, ['observability']]);
      else
        expect(Object.keys(depends_on ?? {}).filter((other) => profileServices.includes(other))).toEqual([]);
    }
  });

  it.each(mounts.filter(({ source }) => source.startsWith('.')))(
    '$service mounts $source, which exists, read-only',
    ({ source, mode }) => {
      expect(existsSync(source)).toBe(true);
      expect(mode).toBe('ro');
    },
  );

  it('makes Prometheus scrape every app on its port, and the broker', () => {
    const jobs = prometheus.scrape_configs.filter(({ dns_sd_configs }) => dns_sd_configs);
    expect(jobs.map(({ job_name }) => job_name).toSorted()).toEqual(apps.toSorted());
    for (const { job_name, dns_sd_configs } of jobs) {
      const port = Number(environmentOf(compose.services[job_name]!).PORT);
      expect(dns_sd_configs).toMatchObject([{ names: [job_name], port }]);
    }
    const targets = prometheus.scrape_configs.flatMap(({ static_configs }) => static_configs ?? []);
    expect(targets).toEqual([{ targets: ['rabbitmq:15692'] }]);
  });

  it('mounts the configuration and the rules of Prometheus', () => {
    const { source } = findMount('prometheus', '/etc/prometheus/prometheus.yml');
    expect(prometheus.rule_files.length).toBeGreaterThan(0);
    for (const file of ['prometheus.yml', ...prometheus.rule_files])
      expect(existsSync(`${source}/${file}`)).toBe(true);
  });

  it('gives Grafana data sources whose host and port match a service', () => {
    const { source } = findMount('grafana', '/etc/grafana/provisioning/datasources');
    const { datasources } = readYaml<{ datasources: { type: string; url: string }[] }>(
      `${source}/datasources.yml`,
    );
    for (const { type, url } of datasources) {
      const { hostname, port } = new URL(url);
      expect(hostname).toBe(type);
      expect(compose.services[hostname]!.ports!.map((mapping) => mapping.split(':').at(-1))).toContain(port);
    }
    expect(datasources.map(({ type }) => type)).toEqual(['prometheus', 'jaeger']);
  });

  it('makes Grafana load the mounted dashboards, with estoque.json as the home dashboard', () => {
    const provisioning = findMount('grafana', '/etc/grafana/provisioning/dashboards').source;
    const { providers } = readYaml<{ providers: { options: { path: string } }[] }>(
      `${provisioning}/dashboards.yml`,
    );
    const dashboards = findMount('grafana', providers[0]!.options.path);
    expect(dashboards.target).toBe(providers[0]!.options.path);
    const home = environmentOf(compose.services.grafana!).GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH!;
    expect(existsSync(home.replace(dashboards.target, dashboards.source))).toBe(true);
  });

  it('sends no traces unless OTEL_EXPORTER_OTLP_ENDPOINT is set', () => {
    for (const app of apps)
      expect(environmentOf(compose.services[app]!).OTEL_EXPORTER_OTLP_ENDPOINT).toBe('');
    const [documentedUrl] = /http:\/\/jaeger:\d+/.exec(readFileSync('docker-compose.yml', 'utf8'))!;
    expect(compose.services.jaeger!.ports!.map((port) => port.split(':').at(-1))).toContain(
      new URL(documentedUrl).port,
    );
  });
});
