import { readEnvironment } from '@estoque/platform';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';

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
}
interface Compose {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
}

const compose = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as Compose;
const services = Object.entries(compose.services);
const apps = readdirSync('apps');

/** What Docker Compose makes of ${NAME:-default} where nothing is set. */
const withDefaults = (text: string) => text.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1');
const environmentOf = (service: Service) =>
  Object.fromEntries(
    Object.entries(service.environment ?? {}).map(([name, value]) => [name, withDefaults(value)]),
  );

describe('docker-compose.yml', () => {
  it('keeps the schema of the Compose Specification', () => {
    // dclint ships the schema of the specification's own repository.
    const schema = JSON.parse(readFileSync('node_modules/dclint/schemas/compose.schema.json', 'utf8')) as {
      $schema?: string;
    };
    delete schema.$schema; // it names a draft by an address that nobody else gives it
    const validate = new Ajv2019({ strict: false, validateFormats: false }).compile(schema);
    validate(compose);
    expect(validate.errors).toBeNull();
    expect(validate({ ...compose, services: { api: { imagee: 'estoque-system/api' } } })).toBe(false);
  });

  it('runs every app, and the migrations as a step of their own before them', () => {
    expect(Object.keys(compose.services)).toEqual(expect.arrayContaining(apps));
    expect(compose.services.migrate).toMatchObject({ restart: 'no' });
    for (const app of apps) {
      expect(compose.services[app]!.depends_on).toMatchObject({
        migrate: { condition: 'service_completed_successfully' },
      });
    }
  });

  it.each(services.filter(([, { depends_on }]) => depends_on))(
    '%s waits only for services that can become what it waits for',
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

  it('is reached from this machine only, and keeps data in declared volumes', () => {
    const ports = services.flatMap(([, service]) => service.ports ?? []);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
    const volumes = services.flatMap(([, service]) => service.volumes ?? []);
    expect(volumes.map((volume) => volume.split(':')[0]).toSorted()).toEqual(
      Object.keys(compose.volumes).toSorted(),
    );
  });

  it.each(apps)('gives %s an environment that it starts with', (app) => {
    const service = compose.services[app]!;
    const environment = readEnvironment(['SMTP_URL', 'MAIL_FROM'], environmentOf(service));
    for (const url of [environment.DATABASE_URL, ...environment.RABBITMQ_URL, environment.SMTP_URL!])
      expect(Object.keys(compose.services)).toContain(new URL(url).hostname);
    // The health check asks where the app listens.
    expect(service.healthcheck!.test.join(' ')).toContain(`:${environment.PORT}/health/ready`);
  });

  it('names logins that the servers are created with', () => {
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

  it('builds every image of ours from one Dockerfile, each for an app that exists', () => {
    const built = services.filter(([, { build }]) => build);
    expect(built.map(([name]) => name).toSorted()).toEqual([...apps, 'migrate'].toSorted());
    for (const [, { build }] of built) {
      expect(existsSync(build!.dockerfile)).toBe(true);
      expect(apps).toContain(build!.args.APP);
    }
    // The build of this test run is the build of the image.
    expect(existsSync(compose.services.migrate!.command![1]!)).toBe(true);
  });
});
