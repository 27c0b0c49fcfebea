import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { migrate } from '../tools/apps.js';
import { startPostgres, type Postgres } from '../tools/infrastructure/postgres.js';
import type { Processes } from '../tools/infrastructure/processes.js';
import { startRabbitMq, type RabbitMq } from '../tools/infrastructure/rabbitmq.js';
import { callManagementApi } from '../test/support/broker.js';
import { fillShop, SHOP } from './shop.js';

export interface StackOptions {
  root: string;
  /** Everything of this run; whoever starts it wipes it. */
  dir: string;
  processes: Processes;
  /** Where our processes leave their CPU profiles; unset, they are not profiled, as is right for a figure. */
  profiles?: string;
  say: (text: string) => void;
}

/** A database of its own, and a connection to ask it. */
export interface Database {
  name: string;
  url: string;
  pool: pg.Pool;
}

/** The servers, as in production: data kept safe (fsync), and nobody else on them. */
export class Stack {
  private readonly databases = new Set<Database>();
  private counter = 0;

  private constructor(
    readonly options: StackOptions,
    readonly postgres: Postgres,
    readonly rabbitmq: RabbitMq,
  ) {}

  static async start(options: StackOptions): Promise<Stack> {
    const { dir, root, processes, say } = options;
    mkdirSync(dir, { recursive: true });
    const log = (name: string) => join(dir, 'logs', `${name}.log`);
    const [postgres, rabbitmq] = await Promise.all([
      startPostgres({ root, processes, dir: join(dir, 'postgres'), log: log('postgres') }),
      startRabbitMq({ root, processes, say, dir: join(dir, 'rabbitmq'), log: log('rabbitmq') }),
    ]);
    const stack = new Stack(options, postgres, rabbitmq);
    const shop = stack.open(SHOP);
    await stack.onServer(`CREATE DATABASE ${SHOP}`);
    await migrate(root, shop.url);
    await fillShop(shop.pool);
    await stack.close(shop);
    return stack;
  }

  /** Connections only; servers are stopped by whoever owns the processes. */
  async stop() {
    await Promise.all([...this.databases].map((database) => this.close(database)));
  }

  /** A copy of another database, to which nobody may be connected. */
  async createDatabase(template = SHOP): Promise<Database> {
    this.counter += 1;
    const name = `bench_${this.counter}`;
    // Files are copied as they are: a large template takes seconds, and leaves nothing in the log that is to be written.
    await this.onServer(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY FILE_COPY`);
    return this.open(name);
  }

  async dropDatabase(database: Database) {
    await this.close(database);
    await this.onServer(`DROP DATABASE ${database.name} WITH (FORCE)`);
  }

  /** It stays, and can be copied. */
  async close(database: Database) {
    this.databases.delete(database);
    await database.pool.end();
  }

  /** Nothing that was written before is to be paid for by what comes. */
  async settle() {
    await this.onServer('CHECKPOINT');
  }

  /** @returns its name and its address */
  async createVhost(): Promise<{ name: string; url: string }> {
    this.counter += 1;
    const name = `bench-${this.counter}`;
    await callManagementApi(this.rabbitmq.managementUrl, 'PUT', `/api/vhosts/${name}`);
    return { name, url: `${this.rabbitmq.url}/${name}` };
  }

  async dropVhost({ name }: { name: string }) {
    await callManagementApi(this.rabbitmq.managementUrl, 'DELETE', `/api/vhosts/${name}`);
  }

  /** Of RabbitMQ. */
  async version(): Promise<string> {
    const { rabbitmq_version } = await callManagementApi<{ rabbitmq_version: string }>(
      this.rabbitmq.managementUrl,
      'GET',
      '/api/overview',
    );
    return rabbitmq_version;
  }

  private open(name: string): Database {
    const url = new URL(this.postgres.url);
    url.pathname = `/${name}`;
    const pool = new pg.Pool({ connectionString: url.href, max: 2, application_name: 'bench' });
    pool.on('error', () => undefined); // when the server is stopped; whoever asks then is told
    const database = { name, url: url.href, pool };
    this.databases.add(database);
    return database;
  }

  private async onServer(sql: string) {
    const client = new pg.Client({ connectionString: this.postgres.url });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  }
}
