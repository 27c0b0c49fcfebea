import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { callManagementApi } from '../test/support/broker.js';
import { migrate } from '../tools/apps.js';
import { startPostgres, type Postgres } from '../tools/infrastructure/postgres.js';
import type { Processes } from '../tools/infrastructure/processes.js';
import { createBrokerUsers } from '../tools/infrastructure/broker-users.js';
import { startRabbitMq, type RabbitMq } from '../tools/infrastructure/rabbitmq.js';
import { Clients } from './clients.js';
import type { Contender } from './pipeline.js';
import { fillShop, OTHER_SHOP, SHOP } from './shop.js';

export interface StackOptions {
  root: string;
  /** Folder for all data of this run. The caller deletes it. */
  dir: string;
  processes: Processes;
  /** Folder for the CPU profiles of the product's processes. Unset: no profiling, which costs throughput. */
  profiles?: string;
  /** The clients have tokens instead of an API key. */
  withTokens: boolean;
  /** Folder of the built revision that is compared with this one, if one is. */
  otherRoot?: string;
  /** Prints one line of progress. */
  printProgress: (text: string) => void;
}

/** A database with a connection pool. */
export interface Database {
  name: string;
  url: string;
  pool: pg.Pool;
}

/** PostgreSQL (with fsync, as in production) and RabbitMQ, used by this run only. */
export class Stack {
  private readonly databases = new Set<Database>();
  private counter = 0;

  private constructor(
    readonly options: StackOptions,
    readonly postgres: Postgres,
    readonly rabbitmq: RabbitMq,
    readonly clients: Clients,
  ) {}

  static async start(options: StackOptions): Promise<Stack> {
    const { dir, root, otherRoot, processes, withTokens, printProgress } = options;
    mkdirSync(dir, { recursive: true });
    const log = (name: string) => join(dir, 'logs', `${name}.log`);
    const [postgres, rabbitmq, clients] = await Promise.all([
      startPostgres({ root, processes, dir: join(dir, 'postgres'), log: log('postgres') }),
      startRabbitMq({ root, processes, printProgress, dir: join(dir, 'rabbitmq'), log: log('rabbitmq') }),
      withTokens ? Clients.withTokens() : Clients.withApiKey(),
    ]);
    const stack = new Stack(options, postgres, rabbitmq, clients);
    await stack.createShop(SHOP, root);
    if (otherRoot) await stack.createShop(OTHER_SHOP, otherRoot);
    return stack;
  }

  /** @returns the folder of the sources that the contender is built from */
  rootOf(contender: Contender): string {
    const { root, otherRoot } = this.options;
    return contender === 'revision' ? otherRoot! : root;
  }

  /** Creates the database with the migrations of the sources in `root`. */
  private async createShop(name: string, root: string) {
    const shop = this.open(name);
    await this.execute(`CREATE DATABASE ${name}`);
    await migrate(root, shop.url);
    await fillShop(shop.pool);
    await this.close(shop);
  }

  /** Closes the connections only: the servers belong to `options.processes`. */
  async stop() {
    await Promise.all([...this.databases].map((database) => this.close(database)));
    await this.clients.stop();
  }

  /** Creates a copy of another database, which must have no open connection. */
  async createDatabase(template = SHOP): Promise<Database> {
    this.counter += 1;
    const name = `bench_${this.counter}`;
    // FILE_COPY copies the files without writing them to the WAL, which takes seconds even for a large template.
    await this.execute(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY FILE_COPY`);
    return this.open(name);
  }

  async dropDatabase(database: Database) {
    await this.close(database);
    await this.execute(`DROP DATABASE ${database.name} WITH (FORCE)`);
  }

  /** Closes the connections. The database stays and can be copied. */
  async close(database: Database) {
    this.databases.delete(database);
    await database.pool.end();
  }

  /** Writes all changes to disk, so that pending writes of earlier measurements do not slow down the next one. */
  async checkpoint() {
    await this.execute('CHECKPOINT');
  }

  /** @returns name and URL of a new virtual host */
  async createVhost(): Promise<{ name: string; url: string }> {
    this.counter += 1;
    const name = `bench-${this.counter}`;
    await callManagementApi(this.rabbitmq.managementUrl, 'PUT', `/api/vhosts/${name}`);
    const url = `${this.rabbitmq.url}/${name}`;
    await createBrokerUsers(this.options.root, url, this.rabbitmq.managementUrl);
    return { name, url };
  }

  async dropVhost({ name }: { name: string }) {
    await callManagementApi(this.rabbitmq.managementUrl, 'DELETE', `/api/vhosts/${name}`);
  }

  async rabbitmqVersion(): Promise<string> {
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
    // Idle connections fail when the server stops. A query that needs one reports its own error.
    pool.on('error', () => undefined);
    const database = { name, url: url.href, pool };
    this.databases.add(database);
    return database;
  }

  private async execute(sql: string) {
    const client = new pg.Client({ connectionString: this.postgres.url });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  }
}
