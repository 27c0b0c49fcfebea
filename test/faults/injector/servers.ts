import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { APP_NAMES, type AppName } from '../../../apps/manifest.js';
import { databaseUrlOf, databaseUrls } from '../../../tools/infrastructure/accounts.js';
import { startPostgres, type Postgres } from '../../../tools/infrastructure/postgres.js';
import {
  startRabbitMq,
  startRabbitMqCluster,
  type RabbitMq,
} from '../../../tools/infrastructure/rabbitmq.js';
import { programOf } from '../../../tools/programs.js';
import { insertApiKeys } from '../../support/credentials.js';
import { TestGateway } from '../../support/payment-gateway.js';
import { MailSink } from '../mail-sink.js';
import type { Dependency } from '../proxy.js';
import { DatabaseCluster } from './database-cluster.js';
import type { FaultInjectorOptions } from './options.js';
import { PatroniCluster } from './patroni-cluster.js';

const run = promisify(execFile);

/** PostgreSQL, RabbitMQ, the mail server and the payment gateway of one run. */
export class Servers {
  readonly mailSink = new MailSink();

  private constructor(
    private readonly database: Postgres | DatabaseCluster | PatroniCluster,
    readonly rabbitMqNodes: RabbitMq[],
    readonly gateway: TestGateway,
    private readonly options: FaultInjectorOptions,
  ) {}

  /** Starts all servers, migrates the database and stores API keys in it. */
  static async start(options: FaultInjectorOptions) {
    const [database, nodes] = await Promise.all([
      startMigratedDatabase(options),
      startRabbitMqNodes(options),
    ]);
    const servers = new Servers(database, nodes, await TestGateway.start(), options);
    await servers.mailSink.start();
    return servers;
  }

  /** The cluster of PostgreSQL servers, if this run has one. */
  get databaseCluster(): DatabaseCluster | undefined {
    return this.database instanceof DatabaseCluster ? this.database : undefined;
  }

  /** The cluster that Patroni manages, if this run has one. */
  get patroniCluster(): PatroniCluster | undefined {
    return this.database instanceof PatroniCluster ? this.database : undefined;
  }

  /** The PostgreSQL server, or the primary of the cluster. */
  get postgres(): Pick<Postgres, 'url' | 'service'> {
    return 'primary' in this.database ? this.database.primary : this.database;
  }

  /** @returns the address of the database, with the user of the app if every build of this run knows it */
  databaseUrlOf(app: AppName): string {
    const { url } = this.postgres;
    return this.hasUsers ? databaseUrlOf(app, url) : url;
  }

  /** Whether the apps have users of their own. */
  get hasUsers(): boolean {
    return hasUsers(this.options);
  }

  /** The first node that is running. */
  get rabbitMq(): RabbitMq {
    return this.rabbitMqNodes.find(({ service }) => service.pid !== undefined) ?? this.rabbitMqNodes[0]!;
  }

  /** Whether every build of this run knows payments (ADR 37). */
  get hasPayments(): boolean {
    const { dist, otherDist = dist } = this.options;
    return [dist, otherDist].every((build) => existsSync(join(build, 'apps', 'payment-worker')));
  }

  portOf(dependency: Dependency): number {
    switch (dependency) {
      case 'postgres':
        return Number(new URL(this.postgres.url).port);
      case 'rabbitmq':
        return Number(new URL(this.rabbitMqNodes[0]!.url).port);
      case 'smtp':
        return this.mailSink.port;
      case 'gateway':
        return this.gateway.port;
    }
  }

  /** Starts PostgreSQL, the RabbitMQ nodes and the payment gateway again if they were stopped. */
  async startStopped() {
    for (const { service } of [this.postgres, ...this.rabbitMqNodes])
      if (service.pid === undefined) await service.start();
    await (this.databaseCluster ?? this.patroniCluster)?.restore();
    if (!this.gateway.isRunning) await this.gateway.restart();
  }

  /**
   * Evaluates a function of Erlang on the broker's node.
   *
   * @param args Erlang list of the arguments
   * @returns what the function returned, printed by Erlang
   */
  async callErlang(module: string, functionName: string, args: string): Promise<string> {
    const { command, env } = this.rabbitMq.service.spec;
    const code = `io:format("~p", [rpc:call('estoque@localhost', ${module}, ${functionName}, ${args})]), halt().`;
    const flags = ['-noinput', '-hidden', '-sname', `faults${process.pid}@localhost`];
    const loopbackOnly = ['-kernel', 'inet_dist_use_interface', '{127,0,0,1}'];
    const { stdout } = await run(command, [...flags, ...loopbackOnly, '-eval', code], {
      env,
      cwd: this.options.dir,
      timeout: 30_000,
    });
    return stdout;
  }
}

async function startMigratedDatabase(options: FaultInjectorOptions) {
  const { dir, dist } = options;
  const database = await startDatabase(options);
  const { url } = 'primary' in database ? database.primary : database;
  const script = programOf(dist, 'migrate');
  const users = hasUsers(options) ? databaseUrls(APP_NAMES, url) : {};
  const env = { PATH: process.env.PATH, DATABASE_URL: url, ...users };
  await run(process.execPath, [script], { cwd: dir, env });
  const client = new pg.Client(url);
  await client.connect();
  await insertApiKeys((sql, parameters) => client.query(sql, parameters));
  await client.end();
  return database;
}

/** Whether the migrations of both builds create the roles of the apps. A release before ADR 33 needs the administrator. */
const hasUsers = ({ dist, otherDist = dist }: FaultInjectorOptions) =>
  [dist, otherDist].every((build) =>
    existsSync(join(build, 'libs', 'domain', 'src', 'database', 'privileges.js')),
  );

function startDatabase({
  root,
  dir,
  processes,
  databaseCluster,
  patroni,
  printProgress,
}: FaultInjectorOptions) {
  const options = { root, processes, dir: join(dir, 'postgres'), log: logFile(dir, 'postgres') };
  if (patroni) return PatroniCluster.start({ ...options, printProgress });
  return databaseCluster ? DatabaseCluster.start(options) : startPostgres(options);
}

async function startRabbitMqNodes(injectorOptions: FaultInjectorOptions) {
  const { root, dir, processes, cluster, broker, printProgress } = injectorOptions;
  const options = {
    root,
    processes,
    printProgress,
    suite: broker,
    dir: join(dir, 'rabbitmq'),
    log: logFile(dir, 'rabbitmq'),
  };
  return cluster
    ? await startRabbitMqCluster(options, ['one', 'two', 'three'])
    : [await startRabbitMq(options)];
}

/** @returns path of the log of an app or a server */
export function logFile(dir: string, name: string) {
  return join(dir, 'logs', `${name}.log`);
}
