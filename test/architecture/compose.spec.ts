import { readEnvironment } from '@estoque/platform';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { APP_NAMES, appManifest } from '../../apps/manifest.js';

interface Service {
  image: string;
  build?: { context: string; dockerfile: string; args: Record<string, string> };
  command?: string[];
  environment?: Record<string, string>;
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
  restart?: string;
  ports?: string[];
  volumes?: string[];
  profiles?: string[];
}
interface Compose {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
}

const compose = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as Compose;
const services = Object.entries(compose.services);
const apps = APP_NAMES;

/** The volumes of all services, as `source:target[:ro]`. A source that starts with a dot is a path in this repository. */
const mounts = services.flatMap(([service, { volumes }]) =>
  (volumes ?? []).map((volume) => {
    const [source, target, mode] = volume.split(':') as [string, string, string?];
    return { service, source, target, mode };
  }),
);

/** @returns the text with the defaults that Docker Compose inserts for ${NAME:-default} if NAME is unset */
const withDefaults = (text: string) => text.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1');
const environmentOf = (service: Service) =>
  Object.fromEntries(
    Object.entries(service.environment ?? {}).map(([name, value]) => [name, withDefaults(value)]),
  );

describe('docker-compose.yml', () => {
  it('is valid by the schema of the Compose Specification', () => {
    // dclint ships the schema of the specification's own repository.
    const schema = JSON.parse(readFileSync('node_modules/dclint/schemas/compose.schema.json', 'utf8')) as {
      $schema?: string;
    };
    delete schema.$schema; // an address of the draft that Ajv does not know
    const validate = new Ajv2019({ strict: false, validateFormats: false }).compile(schema);
    validate(compose);
    expect(validate.errors).toBeNull();
    expect(validate({ ...compose, services: { api: { imagee: 'estoque-system/api' } } })).toBe(false);
  });

  it('runs the migrations before every app', () => {
    expect(Object.keys(compose.services)).toEqual(expect.arrayContaining(apps));
    expect(compose.services.migrate).toMatchObject({ restart: 'no' });
    for (const app of apps) {
      expect(compose.services[app]!.depends_on).toMatchObject({
        migrate: { condition: 'service_completed_successfully' },
      });
    }
  });

  it.each(services.filter(([, { depends_on }]) => depends_on))(
    '%s waits only for conditions that a service can reach',
    (_, service) => {
      for (const [name, { condition }] of Object.entries(service.depends_on ?? {})) {
        const dependency = compose.services[name];
        expect(dependency).toBeDefined();
        if (condition === 'service_healthy') expect(dependency!.healthcheck).toBeDefined();
        if (condition === 'service_completed_successfully') expect(dependency!.restart).toBe('no');
      }
    },
  );

  it.each(services.filter(([, { restart }]) => restart !== 'no'))('%s has a health check', (_, service) => {
    expect(service.healthcheck?.test[0]).toMatch(/^CMD(-SHELL)?$/);
  });

  it('publishes ports on the loopback interface only, and keeps data in declared volumes', () => {
    const ports = services.flatMap(([, service]) => service.ports ?? []);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
    const volumes = mounts.filter(({ source }) => !source.startsWith('.'));
    expect(volumes.map(({ source }) => source).toSorted()).toEqual(Object.keys(compose.volumes).toSorted());
  });

  it('pins every image that is not built here, and uses each host port once', () => {
    const external = services.filter(([, { build }]) => !build).map(([, { image }]) => image);
    expect(external.filter((image) => !/:v?\d+[\w.-]*$/.test(image))).toEqual([]);
    const ports = services.flatMap(([, service]) => (service.ports ?? []).map(withDefaults));
    const hostPorts = ports.map((port) => port.split(':').at(-2));
    expect(new Set(hostPorts).size).toBe(hostPorts.length);
  });

  it.each(apps)('gives %s a valid environment', (app) => {
    const service = compose.services[app]!;
    const { requires } = appManifest(app);
    const environment = readEnvironment([...requires, 'SMTP_URL'], environmentOf(service));
    for (const url of [environment.DATABASE_URL, ...environment.RABBITMQ_URL, environment.SMTP_URL!])
      expect(Object.keys(compose.services)).toContain(new URL(url).hostname);
    // The health check uses the port of the app.
    expect(service.healthcheck!.test.join(' ')).toContain(`:${environment.PORT}/health/ready`);
  });

  it('gives the apps the logins that the servers are created with', () => {
    const { DATABASE_URL, RABBITMQ_URL } = environmentOf(compose.services.api!);
    const [database, broker] = [new URL(DATABASE_URL!), new URL(RABBITMQ_URL!)];
    expect(environmentOf(compose.services.postgres!)).toMatchObject({
      POSTGRES_USER: database.username,
      POSTGRES_PASSWORD: database.password,
      POSTGRES_DB: database.pathname.slice(1),
    });
    expect(environmentOf(compose.services.rabbitmq!)).toMatchObject({
      RABBITMQ_DEFAULT_USER: broker.username,
      RABBITMQ_DEFAULT_PASS: broker.password,
    });
  });

  it('builds every image of an app from one Dockerfile', () => {
    const built = services.filter(([, { build }]) => build);
    expect(built.map(([name]) => name).toSorted()).toEqual([...apps, 'migrate'].toSorted());
    for (const [, { build }] of built) {
      expect(existsSync(build!.dockerfile)).toBe(true);
      expect(apps).toContain(build!.args.APP);
    }
    // The build of this test run is the same as in the image.
    expect(existsSync(compose.services.migrate!.command![1]!)).toBe(true);
  });
});

describe('The profile observability', () => {
  const yaml = <Document>(file: string) => parse(readFileSync(file, 'utf8')) as Document;
  const folder = 'deploy/observability';
  const mounted = (service: string, path: string) =>
    mounts.find((mount) => mount.service === service && path.startsWith(mount.target))!;
  const prometheus = yaml<{
    rule_files: string[];
    scrape_configs: {
      job_name: string;
      dns_sd_configs?: { names: string[]; port: number }[];
      static_configs?: { targets: string[] }[];
    }[];
  }>(`${folder}/prometheus/prometheus.yml`);

  it('adds no dependency to the apps', () => {
    const observability = services.filter(([, { profiles }]) => profiles).map(([name]) => name);
    expect(observability).toEqual(['prometheus', 'grafana', 'jaeger']);
    for (const [name, { depends_on, profiles }] of services) {
      if (profiles) expect([name, profiles]).toEqual([name, ['observability']]);
      else
        expect(
          Object.keys(depends_on ?? {}).filter((dependency) => observability.includes(dependency)),
        ).toEqual([]);
    }
  });

  it.each(mounts.filter(({ source }) => source.startsWith('.')))(
    '$service mounts $source read-only',
    ({ source, mode }) => {
      expect(existsSync(source)).toBe(true);
      expect(mode).toBe('ro');
    },
  );

  it('scrapes every app at its port, and the broker', () => {
    const jobs = prometheus.scrape_configs.filter(({ dns_sd_configs }) => dns_sd_configs);
    expect(jobs.map(({ job_name }) => job_name).toSorted()).toEqual(apps.toSorted());
    for (const { job_name, dns_sd_configs } of jobs) {
      const port = Number(environmentOf(compose.services[job_name]!).PORT);
      expect(dns_sd_configs).toMatchObject([{ names: [job_name], port }]);
    }
    const targets = prometheus.scrape_configs.flatMap(({ static_configs }) => static_configs ?? []);
    expect(targets).toEqual([{ targets: ['rabbitmq:15692'] }]);
  });

  it('mounts the alert rules beside the configuration of Prometheus', () => {
    const { source } = mounted('prometheus', '/etc/prometheus/prometheus.yml');
    expect(prometheus.rule_files.length).toBeGreaterThan(0);
    for (const file of ['prometheus.yml', ...prometheus.rule_files])
      expect(existsSync(`${source}/${file}`)).toBe(true);
  });

  it('gives Grafana data sources that are services, at their ports', () => {
    const { source } = mounted('grafana', '/etc/grafana/provisioning/datasources');
    const { datasources } = yaml<{ datasources: { type: string; url: string }[] }>(
      `${source}/datasources.yml`,
    );
    for (const { type, url } of datasources) {
      const { hostname, port } = new URL(url);
      expect(hostname).toBe(type);
      expect(compose.services[hostname]!.ports!.map((published) => published.split(':').at(-1))).toContain(
        port,
      );
    }
    expect(datasources.map(({ type }) => type)).toEqual(['prometheus', 'jaeger']);
  });

  it('has Grafana show the mounted dashboards, with the dashboard of this project as the home page', () => {
    const provisioning = mounted('grafana', '/etc/grafana/provisioning/dashboards').source;
    const { providers } = yaml<{ providers: { options: { path: string } }[] }>(
      `${provisioning}/dashboards.yml`,
    );
    const dashboards = mounted('grafana', providers[0]!.options.path);
    expect(dashboards.target).toBe(providers[0]!.options.path);
    const home = environmentOf(compose.services.grafana!).GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH!;
    expect(existsSync(home.replace(dashboards.target, dashboards.source))).toBe(true);
  });

  it('traces only if an endpoint is set', () => {
    for (const app of apps)
      expect(environmentOf(compose.services[app]!).OTEL_EXPORTER_OTLP_ENDPOINT).toBe('');
    const [documentedUrl] = /http:\/\/jaeger:\d+/.exec(readFileSync('docker-compose.yml', 'utf8'))!;
    expect(compose.services.jaeger!.ports!.map((port) => port.split(':').at(-1))).toContain(
      new URL(documentedUrl).port,
    );
  });
});
