import { chownSync, statSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { APP_NAMES, type AppName } from '../../apps/manifest.js';
import { reservePort } from '../../tools/infrastructure/ports.js';
import { startPostgres } from '../../tools/infrastructure/postgres.js';
import { TestRun } from '../../tools/infrastructure/test-run.js';
import { callManagementApi, reportsBrokerOutage } from '../support/broker.js';
import { CertificateAuthority, type CertificateFiles } from '../support/certificates.js';
import { OwnBroker } from '../support/own-broker.js';
import { System } from '../support/system.js';
import { until } from '../support/until.js';

describe('TLS to the database and to the broker', () => {
  const testRun = new TestRun(process.cwd());
  const { root, dir, processes } = testRun;
  const folder = join(dir, 'postgres');
  const authority = CertificateAuthority.create(join(dir, 'tls'), 'authority');
  const otherAuthority = CertificateAuthority.create(join(dir, 'tls'), 'another-authority');
  let system: System;
  let broker: OwnBroker;
  let brokerPort: number;
  let postgresUrl: string;

  beforeAll(async () => {
    const { certificate, key } = authority.issue('localhost');
    brokerPort = await reservePort();
    const files = `{cacertfile, "${authority.certificate}"}, {certfile, "${certificate}"}, {keyfile, "${key}"}`;
    [broker, { url: postgresUrl }] = await Promise.all([
      OwnBroker.start({
        ssl_listeners: `[{"127.0.0.1", ${brokerPort}}]`,
        ssl_options: `[${files}, {verify, verify_none}, {fail_if_no_peer_cert, false}]`,
      }),
      startPostgres({ root, dir: folder, log: join(dir, 'postgres.log'), processes, ephemeral: true }),
    ]);
    await useInPostgres(authority.issue('localhost'));
    system = await System.start({ apps: [], databaseServer: postgresUrl, broker });
  }, 120_000);
  const stopApps = () => Promise.all([...system.processes.values()].map((process) => process.stop()));
  afterAll(async () => {
    await system?.stop();
    await broker?.remove();
    await testRun.stop();
  }, 60_000);

  /** Lets the database server use another certificate for new connections. */
  async function useInPostgres({ certificate, key }: CertificateFiles) {
    // The server runs as the owner of its data, and only that user may read the key.
    const { uid, gid } = statSync(join(folder, 'data'));
    chownSync(key, uid, gid);
    const client = new pg.Client(postgresUrl);
    await client.connect();
    await client.query(`ALTER SYSTEM SET ssl_cert_file = '${certificate}'`);
    await client.query(`ALTER SYSTEM SET ssl_key_file = '${key}'`);
    await client.query(`ALTER SYSTEM SET ssl = on`);
    const [before] = (await client.query<{ at: string }>('SELECT pg_conf_load_time()::text AS at')).rows;
    await client.query('SELECT pg_reload_conf()');
    await until('the server to read its settings', async () => {
      const [now] = (await client.query<{ at: string }>('SELECT pg_conf_load_time()::text AS at')).rows;
      return now!.at !== before!.at;
    });
    await client.end();
  }

  /** The addresses with TLS. @param ca of the database, in its URL */
  function serversOf(app: AppName, { host = 'localhost', ca = authority.certificate } = {}) {
    const { DATABASE_URL, RABBITMQ_URL } = system.serversOf(app);
    const database = new URL(DATABASE_URL);
    database.hostname = host;
    database.searchParams.set('sslmode', 'verify-full');
    if (ca) database.searchParams.set('sslrootcert', ca);
    const amqps = new URL(RABBITMQ_URL.replace(/^amqp:/, 'amqps:'));
    amqps.host = `${host}:${brokerPort}`;
    return { DATABASE_URL: database.href, RABBITMQ_URL: amqps.href };
  }

  /** Launches the api. @returns the reasons why it could not connect to the server */
  async function launchRefused(message: string, environment: Record<string, string>) {
    const api = system.launch('api', environment);
    const found = await until(`the log record "${message}"`, () =>
      api.logs.find(({ msg, reason }) => msg === message && typeof reason === 'string' && reason !== ''),
    );
    return found.reason;
  }

  describe('of all apps', () => {
    beforeAll(async () => {
      const trusted = { NODE_EXTRA_CA_CERTS: authority.certificate };
      await Promise.all(
        APP_NAMES.map((app) => system.launch(app, { ...serversOf(app), ...trusted }).waitUntilReady()),
      );
    }, 60_000);
    afterAll(stopApps);

    it('processes an order on encrypted connections only', async () => {
      const product_id = await system.createProduct(1);
      const { id } = await system.placeOrder([{ product_id, quantity: 1 }]);
      await system.waitForOrderStatus(id, 'processed');
      const sessions = await system.sql<{ app: string; is_encrypted: boolean }>(
        `SELECT DISTINCT split_part(application_name, ' ', 1) AS app, ssl AS is_encrypted
         FROM pg_stat_activity JOIN pg_stat_ssl USING (pid)
         WHERE datname = current_database() AND usename LIKE 'estoque%' ORDER BY 1`,
      );
      expect(sessions).toEqual(APP_NAMES.toSorted().map((app) => ({ app, is_encrypted: true })));
      const connections = await until('the connections of all apps', async () => {
        const found = await callManagementApi<{ user: string; ssl: boolean }[]>(
          broker.managementUrl,
          'GET',
          '/api/connections',
        );
        const ofApps = found.filter(({ user }) => user?.startsWith('estoque-'));
        return new Set(ofApps.map(({ user }) => user)).size === APP_NAMES.length && ofApps;
      });
      expect(connections.filter(({ ssl }) => !ssl)).toEqual([]);
    }, 60_000);

    // Here, because this broker may be stopped, and is on disk.
    it('is established again after an outage of the broker, during which the API accepts orders', async () => {
      const product_id = await system.createProduct(100);
      const workers = [...system.processes.values()].filter(({ app }) => app !== 'api');
      const place = () => system.placeOrder([{ product_id, quantity: 1 }]);
      const before = await Promise.all(Array.from({ length: 10 }, place));

      await broker.service.stop();
      await until('workers to be unready', async () => {
        const statuses = await Promise.all(workers.map((worker) => worker.readinessStatus()));
        return statuses.every((status) => status === 503);
      });
      // The api stays ready, so that a load balancer keeps sending requests to it.
      const ready = await fetch(`${system.process('api').url}/health/ready`);
      expect([ready.status, reportsBrokerOutage(await ready.text())]).toEqual([200, true]);
      const during = await Promise.all(Array.from({ length: 10 }, place));
      const unpublished = await system.sql<{ count: number }>('SELECT count(*)::int AS count FROM outbox');
      expect(unpublished[0]!.count).toBeGreaterThanOrEqual(10);

      await broker.service.start();
      for (const { id } of [...before, ...during]) await system.waitForOrderStatus(id, 'processed');
      await until(
        'the outbox to be empty',
        async () => (await system.sql('SELECT 1 FROM outbox')).length === 0,
      );
      await Promise.all([...system.processes.values()].map((process) => process.waitUntilReady()));
      await system.expectLedgerReconciles();
    }, 120_000);
  });

  describe('of the api', () => {
    afterEach(stopApps);

    it('accepts a private authority of the database in NODE_EXTRA_CA_CERTS as well', async () => {
      const servers = serversOf('api', { ca: '' });
      await system.launch('api', { ...servers, NODE_EXTRA_CA_CERTS: authority.certificate }).waitUntilReady();
    });

    it('refuses a database whose certificate is signed by another authority', async () => {
      const reason = await launchRefused(
        'the database is unavailable',
        serversOf('api', { ca: otherAuthority.certificate }),
      );
      expect(reason).toMatch(/unable to (verify|get local issuer)|self-signed certificate/);
    });

    it('refuses a database whose certificate is for another host', async () => {
      await useInPostgres(authority.issue('database.example'));
      const reason = await launchRefused('the database is unavailable', serversOf('api'));
      expect(reason).toContain(`does not match certificate's altnames`);
      await system.process('api').stop();
      await useInPostgres(authority.issue('localhost'));
    });

    it('refuses a broker whose certificate is signed by another authority', async () => {
      const { RABBITMQ_URL } = serversOf('api');
      const reason = await launchRefused('the broker is unavailable', { RABBITMQ_URL });
      expect(reason).toMatch(/unable to (verify|get local issuer)|self-signed certificate/);
    });

    it('refuses a broker whose certificate is for another host', async () => {
      const { RABBITMQ_URL } = serversOf('api', { host: '127.0.0.1' });
      const trusted = { NODE_EXTRA_CA_CERTS: authority.certificate };
      const reason = await launchRefused('the broker is unavailable', { RABBITMQ_URL, ...trusted });
      expect(reason).toContain(`does not match certificate's altnames`);
    });
  });
});
