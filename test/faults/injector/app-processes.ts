import { readFileSync } from 'node:fs';
import { APP_NAMES, appManifest, type AppName } from '../../../apps/manifest.js';
import { NODE_FLAGS } from '../../../tools/apps.js';
import { reservePort } from '../../../tools/infrastructure/ports.js';
import { STAGES } from '../../../tools/infrastructure/process-spec.js';
import type { Service } from '../../../tools/infrastructure/service.js';
import { programOf } from '../../../tools/programs.js';
import { reportsBrokerOutage } from '../../support/broker.js';
import { authorization } from '../../support/credentials.js';
import { HIGH_RATE_LIMITS } from '../../support/rate-limits.js';
import { until } from '../../support/until.js';
import { DEPENDENCIES, Proxy, type Dependency } from '../proxy.js';
import type { Broker } from './broker.js';
import type { MailDisruptions } from './mail-disruptions.js';
import type { FaultInjectorOptions } from './options.js';
import { logFile, type Servers } from './servers.js';

export const MAIL_DOMAIN = 'estoque.example';

/** Whether a readiness response says that the app works, but not with the database. */
const reportsDatabaseOutage = (health: string) => /"database":\{[^}]*"degraded"/.test(health);

/** One process of an app. */
export interface Replica {
  url: string;
  service: Service;
}

/** A process of each app, with a proxy to each of its dependencies. */
export class AppProcesses {
  private readonly replicas = new Map<AppName, Replica>();
  private readonly proxies = new Map<string, Proxy>();

  constructor(
    private readonly options: FaultInjectorOptions,
    private readonly servers: Servers,
    private readonly broker: Broker,
    private readonly mailDisruptions: MailDisruptions,
  ) {}

  /** Starts the proxies of all apps; the apps connect to the dependencies through them. */
  async startProxies() {
    for (const app of APP_NAMES) {
      for (const dependency of DEPENDENCIES) {
        const proxy = await Proxy.start(dependency, this.servers.portOf(dependency), () => this.kill(app));
        this.proxies.set(`${app} ${dependency}`, proxy);
      }
    }
  }

  async startAll() {
    await Promise.all(
      APP_NAMES.map(async (app) => {
        this.replicas.set(app, await this.run(app, app, this.options.dist));
      }),
    );
    await Promise.all(APP_NAMES.map((app) => this.waitUntilReady(app)));
  }

  /** Starts a second process of an app, of the other revision if there is one. It uses the proxies of the first. */
  startSecondReplica(app: AppName): Promise<Replica> {
    const { dist, otherDist = dist } = this.options;
    return this.run(app, `${app}-2`, otherDist);
  }

  private async run(app: AppName, name: string, dist: string): Promise<Replica> {
    const port = await reservePort();
    const url = `http://127.0.0.1:${port}`;
    const service = await this.options.processes.start({
      name,
      command: process.execPath,
      args: [...NODE_FLAGS, programOf(dist, app)],
      env: this.environment(app, port),
      cwd: this.options.dir, // a folder without a .env file
      log: this.logFile(name),
      stage: STAGES.apps,
      ports: [port],
      // Liveness is enough: during a fault the dependencies can be unavailable.
      ready: async () => (await fetch(`${url}/health/live`, { signal: AbortSignal.timeout(2_000) })).ok,
      backoffMs: [200],
    });
    return { url, service };
  }

  private environment(app: AppName, port: number): NodeJS.ProcessEnv {
    const database = new URL(this.servers.databaseUrlOf(app));
    database.port = String(this.proxy(app, 'postgres').port);
    // In a cluster, the first node is reached through the proxy and the others directly.
    const otherNodes = this.servers.rabbitMqNodes.slice(1);
    const brokerUrls = [
      this.proxiedBrokerUrl(app),
      ...otherNodes.map(({ url }) => this.broker.appUrlAt(app, Number(new URL(url).port))),
    ];
    return {
      PATH: process.env.PATH,
      ENV: 'production',
      HOST: '127.0.0.1',
      PORT: String(port),
      DATABASE_URL: database.href,
      RABBITMQ_URL: brokerUrls.join(','),
      SMTP_URL: `smtp://127.0.0.1:${this.proxy(app, 'smtp').port}`,
      MAIL_FROM: `Estoque <no-reply@${MAIL_DOMAIN}>`,
      ...this.servers.gateway.environment,
      PAYMENT_GATEWAY_URL: `http://127.0.0.1:${this.proxy(app, 'gateway').port}`,
      PAYMENT_TIMEOUT_MS: '5000',
      STOCK_ALERT_EMAIL: `stock@${MAIL_DOMAIN}`,
      RETRY_DELAYS_MS: '500,1000,3000,8000',
      RESERVATION_TTL_SECONDS: '1800',
      REPUBLISH_AFTER_SECONDS: '10,10,15',
      POLL_INTERVAL_MS: '1000',
      WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8',
      ...HIGH_RATE_LIMITS,
      ...this.options.environment,
    };
  }

  private proxiedBrokerUrl(app: AppName) {
    return this.broker.appUrlAt(app, this.proxy(app, 'rabbitmq').port);
  }

  /** The apps must be stopped; they use the broker's current virtual host from their next start. */
  useCurrentVhost() {
    for (const app of APP_NAMES) this.processEnvironment(app).RABBITMQ_URL = this.proxiedBrokerUrl(app);
  }

  url(app: AppName) {
    return this.replicas.get(app)!.url;
  }

  service(app: AppName) {
    return this.replicas.get(app)!.service;
  }

  /** Environment of an app's process; changes apply from its next start. */
  processEnvironment(app: AppName): NodeJS.ProcessEnv {
    return this.service(app).spec.env;
  }

  /** @param name an app, or its second replica */
  logFile(name: string) {
    return logFile(this.options.dir, name);
  }

  proxy(app: AppName, dependency: Dependency) {
    return this.proxies.get(`${app} ${dependency}`)!;
  }

  /** @returns the proxies of all apps to one dependency */
  proxiesTo(dependency: Dependency) {
    return APP_NAMES.map((app) => this.proxy(app, dependency));
  }

  /** Kills an app with SIGKILL. It is restarted immediately, as by a supervisor. */
  kill(app: AppName) {
    if (app === 'notify-worker') this.mailDisruptions.recordMoment();
    this.service(app).kill('SIGKILL');
  }

  /** Stops an app with SIGTERM, as a rolling update does. @returns its exit code */
  async stop(app: AppName) {
    const service = this.service(app);
    await until(`${app} to run`, () => service.pid, { seconds: 60 });
    await service.stop();
    return service.ended?.code;
  }

  /** Starts an app that was stopped. */
  async start(app: AppName) {
    await this.service(app).start();
    await this.waitUntilReady(app);
  }

  /** Sends a request to the api with the API key of an admin. */
  callApi(path: string, options: Pick<RequestInit, 'method' | 'body'> = {}): Promise<Response> {
    const headers = { ...authorization(), ...(options.body && { 'content-type': 'application/json' }) };
    return fetch(this.url('api') + path, { ...options, headers });
  }

  /** @returns readiness of an app; status 0 if it does not respond */
  async health(app: AppName, url = this.url(app)): Promise<{ status: number; text: string }> {
    try {
      const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(3_000) });
      return { status: response.status, text: await response.text() };
    } catch (error) {
      return { status: 0, text: String(error) };
    }
  }

  /** Waits until an app is ready and connected to its dependencies (the api can be ready without them). */
  async waitUntilReady(app: AppName, seconds = 60) {
    const check = async () => {
      const { status, text } = await this.health(app);
      return status === 200 && !reportsBrokerOutage(text) && !reportsDatabaseOutage(text);
    };
    await until(`${app} to be ready`, check, { seconds });
  }

  async waitUntilNotReady(app: AppName, seconds: number) {
    const check = async () => (await this.health(app)).status !== 200;
    await until(`${app} to report that it is not ready`, check, { seconds });
  }

  /** @returns whether an app is not ready, or ready but degraded, because the database is unavailable */
  async reportsDatabaseOutage(app: AppName) {
    const { status, text } = await this.health(app);
    return status !== 200 || reportsDatabaseOutage(text);
  }

  async waitUntilDatabaseOutageReported(app: AppName, seconds: number) {
    await until(`${app} to report that the database is unavailable`, () => this.reportsDatabaseOutage(app), {
      seconds,
    });
  }

  /** Waits until an app reports that the broker is unavailable: workers are not ready, the api is ready but degraded. */
  async waitUntilBrokerOutageReported(app: AppName, seconds: number) {
    const isWorker = appManifest(app).kind === 'worker';
    const check = async () => {
      const { status, text } = await this.health(app);
      return isWorker ? status !== 200 : status === 200 && reportsBrokerOutage(text);
    };
    await until(`${app} to report that the broker is unavailable`, check, { seconds });
  }

  /** @returns resident memory in megabytes; 0 while the app does not run */
  memoryMegabytes(app: AppName) {
    try {
      const status = readFileSync(`/proc/${this.service(app).pid}/status`, 'utf8');
      return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
    } catch {
      return 0;
    }
  }

  /** Removes all rules and ends all silence and delays of the proxies. */
  resetProxies() {
    for (const proxy of this.proxies.values()) {
      proxy.removeRules();
      proxy.endSilence();
      proxy.delayAnswers(0);
    }
  }

  /** Closes the connections that were silenced. @returns how many the apps still kept open */
  closeSilentConnections() {
    return [...this.proxies.values()].reduce((sum, proxy) => sum + proxy.closeSilentConnections(), 0);
  }

  /** Continues halted apps and starts stopped ones. */
  async runAll() {
    for (const app of APP_NAMES) {
      const service = this.service(app);
      service.kill('SIGCONT');
      // A process that died is started again by its supervisor, one that was stopped is not.
      await until(`${app} to run`, () => service.pid, { seconds: 3 }).catch(() => service.start());
    }
  }

  /** Kills all apps and stops the proxies. */
  async stopAll() {
    await Promise.all([...this.replicas.values()].map(({ service }) => service.stop(true)));
    await Promise.all([...this.proxies.values()].map((proxy) => proxy.stop()));
  }
}
