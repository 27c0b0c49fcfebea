import { connect, type ConfirmChannel } from 'amqplib';
import { WORKERS, type AppName } from '../../../apps/manifest.js';
import { createBrokerUsers, rabbitmqUrlOf } from '../../../tools/infrastructure/broker-users.js';
import { callManagementApi } from '../../support/broker.js';
import type { Database } from './database.js';
import type { Servers } from './servers.js';

export const EXCHANGE = 'stock_events';
const DEAD_LETTER_QUEUE = 'dead_letter_queue';
const RETRY_QUEUE_PREFIX = 'retry_queue_';

/** A message for the exchange. */
export interface EventMessage {
  routingKey: string;
  body: Buffer;
}

export interface DeadLetter {
  reason: string;
  body: Buffer;
}

export interface Binding {
  source: string;
  destination: string;
  routing_key: string;
  properties_key: string;
}

/** Publishes to the broker and reads its state, without a proxy. */
export class Broker {
  vhost = '/';
  /** All ids. The highest one is not enough: a large dead letter can be committed after others that have higher ids. */
  private readonly seenDeadLetters = new Set<number>();

  constructor(
    private readonly servers: Servers,
    private readonly database: Database,
  ) {}

  /** @returns URL of the current virtual host on this port */
  urlAt(port: number) {
    const url = new URL(this.servers.rabbitMq.url);
    url.port = String(port);
    url.pathname = this.vhost === '/' ? '' : `/${this.vhost}`;
    return url.href;
  }

  /** @returns URL of the current virtual host on this port, with the user of the app if it has one */
  appUrlAt(app: AppName, port: number) {
    const url = this.urlAt(port);
    return this.servers.hasUsers ? rabbitmqUrlOf(app, url) : url;
  }

  /** Creates the users of the apps in the current virtual host, if this run has such users. */
  async createUsers() {
    const { url, managementUrl } = this.servers.rabbitMq;
    if (this.servers.hasUsers)
      await createBrokerUsers(process.cwd(), this.urlAt(Number(new URL(url).port)), managementUrl);
  }

  /** Sends a request to the management API of RabbitMQ. */
  requestManagementApi<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    return callManagementApi(this.servers.rabbitMq.managementUrl, method, path, body);
  }

  /** The virtual host as part of a path of the management API. */
  get vhostPath() {
    return encodeURIComponent(this.vhost);
  }

  /** Creates a virtual host with nothing but the users, and uses it from now on. */
  async switchToNewVhost(name: string) {
    await this.requestManagementApi('PUT', `/api/vhosts/${name}`);
    this.vhost = name;
    await this.createUsers();
  }

  /** @returns the bindings of the workers' queues to the exchange */
  async workBindings(): Promise<Binding[]> {
    const bindings = await this.requestManagementApi<Binding[]>(
      'GET',
      `/api/exchanges/${this.vhostPath}/${EXCHANGE}/bindings/source`,
    );
    const workQueues: string[] = WORKERS.map(({ queue }) => queue);
    return bindings.filter(({ destination }) => workQueues.includes(destination));
  }

  /** @returns number of messages that are ready in a queue at this moment */
  countReady(queue: string) {
    return this.withChannel(async (channel) => (await channel.checkQueue(queue)).messageCount);
  }

  /** @returns number of messages in the work queues and in the retry queues */
  async countWaiting(): Promise<number> {
    return Object.values(await this.countWaitingByQueue()).reduce((sum, count) => sum + count, 0);
  }

  /**
   * Counts the messages in the work queues and in the retry queues. The management API includes the messages that are
   * delivered and not acknowledged yet, but its numbers are some seconds old. So the number of ready messages is read
   * as well, and the higher one counts.
   *
   * @param except queues that are not counted
   * @returns counts above 0 by queue
   */
  async countWaitingByQueue(except: readonly string[] = []): Promise<Record<string, number>> {
    const queues = await this.requestManagementApi<{ name: string; messages?: number }[]>(
      'GET',
      `/api/queues/${this.vhostPath}`,
    );
    const workQueues: string[] = WORKERS.map(({ queue }) => queue);
    const retryQueues = queues.map(({ name }) => name).filter((name) => name.startsWith(RETRY_QUEUE_PREFIX));
    const counts: Record<string, number> = {};
    // Retry queues first: a message that moves from there to a work queue in the meantime is counted in the latter.
    for (const name of [...retryQueues, ...workQueues]) {
      if (except.includes(name)) continue;
      const reported = queues.find((queue) => queue.name === name)?.messages ?? 0;
      const count = Math.max(workQueues.includes(name) ? reported : 0, await this.countReady(name));
      if (count > 0) counts[name] = count;
    }
    return counts;
  }

  async withChannel<Result>(work: (channel: ConfirmChannel) => Promise<Result>): Promise<Result> {
    const connection = await connect(this.urlAt(Number(new URL(this.servers.rabbitMq.url).port)));
    connection.on('error', () => undefined);
    try {
      return await work(await connection.createConfirmChannel());
    } finally {
      await connection.close().catch(() => undefined);
    }
  }

  /** Publishes to the exchange as the apps do: persistent and confirmed. */
  async publish(messages: EventMessage[]) {
    await this.withChannel(async (channel) => {
      for (const [index, { routingKey, body }] of messages.entries()) {
        channel.publish(EXCHANGE, routingKey, body, { persistent: true, contentType: 'application/json' });
        if (index % 500 === 499) await channel.waitForConfirms();
      }
      await channel.waitForConfirms();
    });
  }

  /** @returns the dead letters since the last call: from the database, or from the queue if the build has no table for them */
  async takeNewDeadLetters(): Promise<DeadLetter[]> {
    if (!(await this.hasDeadLetterTable())) return this.consumeDeadLetterQueue();
    const rows = await this.database.query<{ id: string; reason: string; body: Buffer }>(
      `SELECT id, concat_ws(' ', queue, reason, error) AS reason, body FROM dead_letters WHERE id <> ALL ($1) ORDER BY id`,
      [[...this.seenDeadLetters]],
    );
    for (const { id } of rows) this.seenDeadLetters.add(Number(id));
    return rows;
  }

  private consumeDeadLetterQueue() {
    return this.withChannel(async (channel) => {
      const deadLetters: DeadLetter[] = [];
      for (;;) {
        const message = await channel.get(DEAD_LETTER_QUEUE, { noAck: true });
        if (!message) return deadLetters;
        const headers = (message.properties.headers ?? {}) as Record<string, string | undefined>;
        const queue = headers.dead_letter_from ?? '';
        const reason = headers.dead_letter_reason ?? headers['x-first-death-reason'] ?? '';
        deadLetters.push({ reason: `${queue} ${reason}`, body: message.content });
      }
    });
  }

  private async hasDeadLetterTable() {
    const rows = await this.database.query(`SELECT 1 WHERE to_regclass('dead_letters') IS NOT NULL`);
    return rows.length > 0;
  }
}

/** @returns the `event_id` of an event that an app published */
export function eventIdOf(body: Buffer): string {
  return (JSON.parse(body.toString()) as { event_id: string }).event_id;
}
