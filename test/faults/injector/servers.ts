import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startPostgres, type Postgres } from '../../../tools/infrastructure/postgres.js';
import {
  startRabbitMq,
  startRabbitMqCluster,
  type RabbitMq,
} from '../../../tools/infrastructure/rabbitmq.js';
import { MailSink } from '../mail-sink.js';
import type { Dependency } from '../proxy.js';
import type { FaultInjectorOptions } from './options.js';

const run = promisify(execFile);

/** PostgreSQL, RabbitMQ and the mail server of one run. */
export class Servers {
  readonly mailSink = new MailSink();

  private constructor(
    readonly postgres: Postgres,
    readonly rabbitMqNodes: RabbitMq[],
    private readonly options: FaultInjectorOptions,
  ) {}

  /** Starts all servers and migrates the database. */
  static async start(options: FaultInjectorOptions) {
    const [postgres, nodes] = await Promise.all([
      startMigratedPostgres(options),
      startRabbitMqNodes(options),
    ]);
    const servers = new Servers(postgres, nodes, options);
    await servers.mailSink.start();
    return servers;
  }

  /** The first node that is running. */
  get rabbitMq(): RabbitMq {
    return this.rabbitMqNodes.find(({ service }) => service.pid !== undefined) ?? this.rabbitMqNodes[0]!;
  }

  portOf(dependency: Dependency): number {
    switch (dependency) {
      case 'postgres':
        return Number(new URL(this.postgres.url).port);
      case 'rabbitmq':
        return Number(new URL(this.rabbitMqNodes[0]!.url).port);
      case 'smtp':
        return this.mailSink.port;
    }
  }

  /** Starts PostgreSQL and the RabbitMQ nodes again if they were stopped. */
  async startStopped() {
    for (const { service } of [this.postgres, ...this.rabbitMqNodes])
      if (service.pid === undefined) await service.start();
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

async function startMigratedPostgres({ root, dir, dist, processes }: FaultInjectorOptions) {
  const postgres = await startPostgres({
    root,
    processes,
    dir: join(dir, 'postgres'),
    log: logFile(dir, 'postgres'),
  });
  const script = join(dist, 'libs', 'domain', 'src', 'database', 'migrate.js');
  const env = { PATH: process.env.PATH, DATABASE_URL: postgres.url };
  await run(process.execPath, [script], { cwd: dir, env });
  return postgres;
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
