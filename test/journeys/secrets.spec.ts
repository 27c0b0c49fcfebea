import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import pg from 'pg';
import { APP_NAMES, type AppName } from '../../apps/manifest.js';
import { generateApiKey } from '../../apps/api/src/access/api-key.js';
import { ROLE_NAMES } from '../../apps/api/src/access/scopes.js';
import { AppProcess } from '../support/app-process.js';
import { callTestBrokerApi } from '../support/broker.js';
import { apiKeyOf, authorization } from '../support/credentials.js';
import { serverUrl } from '../support/environment.js';
import { Issuer } from '../support/issuer.js';
import { AuthenticatingSmtpServer } from '../support/smtp-server.js';
import { System } from '../support/system.js';
import { until } from '../support/until.js';

/** API keys, tokens, and of each password the part that no other text contains. */
const secrets: string[] = ROLE_NAMES.map(apiKeyOf);
function newToken() {
  const secret = randomBytes(12).toString('hex');
  secrets.push(secret);
  return secret;
}

/** With characters that a URL has to escape. */
const newPassword = () => `p@ss/:${newToken()}`;

const login = (user: string, password: string) => `${user}:${encodeURIComponent(password)}`;

/** @returns the forms in which a password can appear, beside the URL's, which contains the secret part as it is */
function formsOf(secret: string) {
  const password = `p@ss/:${secret}`;
  const base64 = [password, `\0${USER}\0${password}`].map((text) => Buffer.from(text).toString('base64'));
  return [secret, ...base64];
}

const USER = `clerk_${randomBytes(4).toString('hex')}`;
/** A user that the migrations create for the api. */
const APP_USER = `${USER}_api`;
const folder = mkdtempSync(join(tmpdir(), 'estoque-secrets-'));
const printed: { by: string; text: string }[] = [];
const processes: AppProcess[] = [];

let system: System;
let smtp: AuthenticatingSmtpServer;
let issuer: Issuer;
/** Receives traces, and refuses them, so that the SDK reports an error. */
let collector: Server;
const collectorTokens = new Set<string | undefined>();
/** Settings of all processes, with every secret as a file. */
let environment: Record<string, string>;
const correct = {
  database: newPassword(),
  broker: newPassword(),
  smtp: newPassword(),
  collector: newPassword(),
  metrics: newToken(),
  docs: newToken(),
};

const onDatabaseServer = async (sql: string) => {
  const client = new pg.Client(serverUrl('DATABASE'));
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
};

function withLogin(url: string, password: string) {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${login(USER, password)}@${host}${pathname}`;
}

function writeSecret(name: string, value: string) {
  const file = join(folder, name);
  writeFileSync(file, `${value}\n`, { mode: 0o600 });
  return file;
}

beforeAll(async () => {
  smtp = await new AuthenticatingSmtpServer(USER, correct.smtp).start();
  issuer = await Issuer.start();
  collector = createServer((request, response) => {
    collectorTokens.add(request.headers.authorization);
    // Texts are sent as they are.
    void text(request.setEncoding('latin1')).then((spans) => {
      printed.push({ by: 'a trace', text: spans });
      response.writeHead(401).end();
    });
  }).listen(0, '127.0.0.1');
  await once(collector, 'listening');
  system = await System.start({ apps: [] });
  // Users of this test, which may do everything: the passwords of the apps' own users also belong to other tests.
  await onDatabaseServer(`CREATE ROLE ${USER} LOGIN SUPERUSER PASSWORD '${correct.database}'`);
  await callTestBrokerApi('PUT', `/api/users/${USER}`, { password: correct.broker, tags: '' });
  await callTestBrokerApi('PUT', `/api/permissions${new URL(system.vhost.url).pathname}/${USER}`, {
    configure: '.*',
    write: '.*',
    read: '.*',
  });
  environment = {
    ENV: 'development',
    HOST: '127.0.0.1',
    PORT: '0',
    LOG_LEVEL: 'debug',
    MAIL_FROM: 'Estoque <no-reply@estoque.example>',
    POLL_INTERVAL_MS: '500',
    DRAIN_TIMEOUT_MS: '0',
    DATABASE_URL_FILE: writeSecret('database', withLogin(system.database.url, correct.database)),
    RABBITMQ_URL_FILE: writeSecret('broker', withLogin(system.vhost.url, correct.broker)),
    SMTP_URL_FILE: writeSecret('smtp', `smtp://${login(USER, correct.smtp)}@127.0.0.1:${smtp.port}`),
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
    OTEL_EXPORTER_OTLP_HEADERS_FILE: writeSecret(
      'collector',
      `authorization=${encodeURIComponent(`Bearer ${correct.collector}`)}`,
    ),
    METRICS_TOKEN_FILE: writeSecret('metrics', correct.metrics),
    DOCS_TOKEN_FILE: writeSecret('docs', correct.docs),
    ...issuer.environment,
  };
}, 120_000);

afterAll(async () => {
  await Promise.all(processes.map((process) => process.stop()));
  await system.stop();
  await Promise.all([
    onDatabaseServer(`DROP ROLE ${USER}; DROP ROLE IF EXISTS ${APP_USER}`),
    callTestBrokerApi('DELETE', `/api/users/${USER}`),
    smtp.stop(),
    issuer.stop(),
    new Promise((resolve) => collector.close(resolve)),
  ]);
  rmSync(folder, { recursive: true });
}, 60_000);

/** Starts an app, with some secrets instead of the correct ones. */
function launch(app: AppName, changes: Record<string, string> = {}) {
  const process = new AppProcess(app, { ...environment, ...changes });
  processes.push(process);
  return process;
}

/** Starts an app with a wrong value for one secret, as a variable. */
const launchWith = (app: AppName, name: string, value: string) =>
  launch(app, { [`${name}_FILE`]: '', [name]: value });

function runScript(script: string, args: string[], variables: Record<string, string>) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(process.cwd(), 'dist', script), ...args],
    {
      cwd: tmpdir(),
      encoding: 'utf8',
      env: { PATH: process.env.PATH, ...variables },
    },
  );
  printed.push({ by: script, text: stdout + stderr });
  return { status, output: stdout + stderr };
}

/** Sends a request when the process listens. @returns the answer, which no secret may be part of */
async function fetchAnswer(process: AppProcess, path: string, authorization: string) {
  const url = await until(`${process.app} to listen`, () => process.url);
  const response = await fetch(url + path, { headers: { authorization } });
  const headers = JSON.stringify([...response.headers]);
  const answer = { status: response.status, text: await response.text() };
  printed.push({ by: `${process.app} ${path}`, text: `${headers}\n${answer.text}` });
  return answer;
}

/** Fetches what METRICS_TOKEN protects. */
async function fetchText(process: AppProcess, path: string) {
  return (await fetchAnswer(process, path, `Bearer ${correct.metrics}`)).text;
}

const outputOf = (process: AppProcess) => process.output.join('\n');
const untilPrinted = (process: AppProcess, pattern: RegExp) =>
  until(`${process.app} to print ${pattern}`, () => pattern.test(outputOf(process)), { seconds: 40 });

describe('Secrets that are given as files', () => {
  it('connect every app to the database, the broker, the mail server and the collector of traces', async () => {
    for (const app of APP_NAMES) system.processes.set(app, launch(app));
    await Promise.all(processes.map((process) => process.waitUntilReady()));
    const product_id = await system.createProduct(10);
    const order = await system.placeOrder([{ product_id, quantity: 2 }]);
    await system.waitForOrderStatus(order.id, 'processed');
    await until('the mail', () => smtp.recipients.includes('ana@example.com'));
    await until('the traces', () => collectorTokens.has(`Bearer ${correct.collector}`));
    for (const process of processes)
      for (const path of ['/health/ready', '/metrics']) await fetchText(process, path);
  }, 120_000);

  it('work for the migrations and the command line', () => {
    const cli = 'bundles/cli.js';
    const url = new URL(system.database.url);
    [url.username, url.password] = [APP_USER, newToken()];
    const API_DATABASE_URL_FILE = writeSecret('api', url.href);
    expect(runScript('bundles/migrate.js', [], { ...environment, API_DATABASE_URL_FILE })).toEqual({
      status: 0,
      output: 'migrated: nothing to do\nmigrate: the user of api can log in\n',
    });
    expect(runScript(cli, ['audit'], { ...environment, DATABASE_URL_FILE: API_DATABASE_URL_FILE })).toEqual({
      status: 0,
      output: 'The stock ledger reconciles.\n',
    });
    expect(runScript(cli, ['dead-letters', 'list'], environment)).toEqual({
      status: 0,
      output: 'No dead letters.\n',
    });
    const both = { ...environment, DATABASE_URL: system.database.url };
    expect(runScript(cli, ['audit'], both)).toEqual({
      status: 1,
      output: 'DATABASE_URL and DATABASE_URL_FILE are both set: set only one of them\n',
    });
  });
});

describe('No process prints a secret', () => {
  it('if its password is wrong', async () => {
    const database = launchWith('api', 'DATABASE_URL', withLogin(system.database.url, newPassword()));
    const broker = launchWith('order-worker', 'RABBITMQ_URL', withLogin(system.vhost.url, newPassword()));
    await Promise.all([
      untilPrinted(database, /password authentication failed/),
      untilPrinted(broker, /ACCESS[_-]REFUSED/),
    ]);
    await fetchText(database, '/health/ready');
    await fetchText(broker, '/health/ready');
    await Promise.all([database.stop(), broker.stop()]);
    expect(
      runScript('bundles/migrate.js', [], {
        DATABASE_URL: withLogin(system.database.url, newPassword()),
      }),
    ).toEqual({ status: 1, output: expect.stringMatching(/password authentication failed/) as string });
  }, 120_000);

  it('if the mail server refuses its password', async () => {
    const api = system.process('api');
    await system.process('notify-worker').stop();
    const wrong = `smtp://${login(USER, newPassword())}@127.0.0.1:${smtp.port}`;
    const mailer = launchWith('notify-worker', 'SMTP_URL', wrong);
    const order = await system.placeOrder([{ product_id: await system.createProduct(1), quantity: 1 }]);
    await until('the refusal to be recorded', async () =>
      (
        await fetchAnswer(api, `/v1/notifications?order_id=${order.id}`, authorization().authorization)
      ).text.includes('Authentication failed'),
    );
    await fetchText(mailer, '/health/ready');
    await fetchText(mailer, '/metrics');
    await mailer.stop();
  }, 120_000);

  it('that identifies a caller', async () => {
    const api = system.process('api');
    const signature = (token: string) => token.split('.')[2]!;
    const valid = await issuer.sign({ roles: ['operator'] });
    const expired = await issuer.sign({ roles: ['operator'], exp: 1 });
    const keyOfNobody = generateApiKey();
    secrets.push(signature(valid), signature(expired), keyOfNobody);
    for (const [credential, path, status] of [
      [`Bearer ${valid}`, '/v1/orders', 200],
      [`Bearer ${valid}`, `/v1/orders?access_token=${valid}`, 422],
      [`Bearer ${valid}`, '/v1/api-keys', 403],
      [`Bearer ${expired}`, '/v1/orders', 401],
      [`Bearer ${valid.slice(0, -1)}`, '/v1/orders', 401],
      [`Bearer ${keyOfNobody}`, '/v1/orders', 401],
      [`Basic ${Buffer.from(`ana:${newPassword()}`).toString('base64')}`, '/v1/orders', 401],
      [newToken(), '/v1/orders', 401],
      [`Bearer ${newToken()}`, '/metrics', 401],
      [`Bearer ${newToken()}`, '/health/ready', 200],
    ] as const)
      expect([path, (await fetchAnswer(api, path, credential)).status]).toEqual([path, status]);
    const { body } = await system.request<{ key: string }>('POST', '/v1/api-keys', {
      name: 'another service',
      scopes: ['stock:read'],
    });
    secrets.push(body.key);
    expect((await fetchAnswer(api, '/v1/products', `Bearer ${body.key}`)).status).toBe(200);
    expect((await fetchAnswer(api, '/v1/orders', `Bearer ${body.key}`)).status).toBe(403);
  });

  it('if nothing listens at its address', async () => {
    const unreachable = (scheme: string) => `${scheme}://${login(USER, newPassword())}@127.0.0.1:1/x`;
    const database = launchWith('api', 'DATABASE_URL', unreachable('postgresql'));
    const broker = launchWith('stock-worker', 'RABBITMQ_URL', unreachable('amqp'));
    await Promise.all([untilPrinted(database, /ECONNREFUSED/), untilPrinted(broker, /ECONNREFUSED/)]);
    await Promise.all([database.stop(), broker.stop()]);
  }, 120_000);

  it('if its address is invalid, or is given in place of a file', async () => {
    const wrongScheme = `mysql://${login(USER, newPassword())}@db/estoque`;
    const undecodable = (scheme: string) =>
      `${scheme}://${USER}:%zz${newPassword().split(':')[1]}@db/estoque`;
    const addresses = [
      ['DATABASE_URL', 'postgresql'],
      ['RABBITMQ_URL', 'amqp'],
      ['SMTP_URL', 'smtp'],
    ] as const;
    const mistakes = [
      (name: string) => ({ [`${name}_FILE`]: '', [name]: wrongScheme }),
      (name: string, scheme: string) => ({ [`${name}_FILE`]: '', [name]: undecodable(scheme) }),
      (name: string) => ({ [`${name}_FILE`]: wrongScheme }),
      (name: string) => ({ [`${name}_FILE`]: writeSecret('wrong', wrongScheme) }),
    ];
    // A process reports all its wrong addresses, so four processes are enough for the twelve combinations.
    const ending = mistakes.map((_, first) => {
      const changes = addresses.map(([name, scheme], index) =>
        mistakes[(first + index) % mistakes.length]!(name, scheme),
      );
      return launch('notify-worker', Object.assign({}, ...changes) as Record<string, string>);
    });
    for (const process of ending) {
      const hasEnded = () => process.exitCode !== null && process.output.length >= addresses.length;
      await until('the process to end and its lines', hasEnded, { seconds: 40 });
      expect([process.exitCode, ...process.output.toSorted()]).toEqual([
        1,
        ...addresses.map(
          ([name]) => expect.stringMatching(new RegExp(`^notify-worker: ${name}(_FILE)? .+$`)) as string,
        ),
      ]);
    }
  }, 120_000);

  it('in any of its output, answers, arguments and titles', async () => {
    for (const process of processes) printed.push({ by: process.app, text: outputOf(process) });
    const running = processes.filter(({ exitCode }) => exitCode === null).map(({ pid }) => String(pid));
    const titles = spawnSync('ps', ['-o', 'args=', '-p', running.join(',')], { encoding: 'utf8' }).stdout;
    expect(titles.trim().split('\n')).toHaveLength(APP_NAMES.length - 1);
    printed.push({ by: 'ps', text: titles });
    await Promise.all(processes.map((process) => process.stop()));
    expect(secrets.length).toBeGreaterThan(9);
    expect(printed.map(({ text }) => text.length).reduce((sum, length) => sum + length)).toBeGreaterThan(
      50_000,
    );
    const leaks = printed.flatMap(({ by, text }) =>
      text
        .split('\n')
        .filter((line) => secrets.some((secret) => formsOf(secret).some((form) => line.includes(form))))
        .map((line) => `${by}: ${line}`),
    );
    expect(leaks).toEqual([]);
  });
});
