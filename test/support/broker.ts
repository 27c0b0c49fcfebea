import { connect, type Channel, type ChannelModel, type ConfirmChannel } from 'amqplib';
import { randomUUID } from 'node:crypto';
import { serverUrl } from './environment.js';

/**
 * Creates a virtual host for one test file, so that test files do not share queues.
 *
 * @param broker by default the broker that `npm test` started
 */
export async function createVhost(
  broker = { url: serverUrl('RABBITMQ'), managementUrl: serverUrl('RABBITMQ_MANAGEMENT') },
) {
  const name = `test-${randomUUID()}`;
  const callApi = (method: string) =>
    callManagementApi<undefined>(broker.managementUrl, method, `/api/vhosts/${name}`);
  await callApi('PUT');
  const url = new URL(broker.url);
  url.pathname = `/${name}`;
  return { name, url: url.href, managementUrl: broker.managementUrl, drop: () => callApi('DELETE') };
}

/** Sends a request to the management API of the broker that `npm test` started. */
export const callTestBrokerApi = <Body>(method: string, path: string, body?: unknown) =>
  callManagementApi<Body>(serverUrl('RABBITMQ_MANAGEMENT'), method, path, body);

/**
 * Sends a request to the management API of a broker.
 *
 * @param url address of the API, with user name and password
 * @returns the body of the response, parsed
 * @throws Error if the status is not 2xx
 */
export async function callManagementApi<Body>(
  url: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<Body> {
  const { username, password, origin } = new URL(url);
  const response = await fetch(new URL(path, origin), {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
      'content-type': 'application/json',
    },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as Body;
}

/** An AMQP client that uses none of the project's code: publishes arbitrary messages and reads queues. */
export class ExternalClient {
  private constructor(
    private readonly connection: ChannelModel,
    readonly channel: ConfirmChannel,
  ) {}

  static async connect(url: string) {
    const connection = await connect(url);
    return new ExternalClient(connection, await connection.createConfirmChannel());
  }

  /** Publishes a message and waits for the confirm. @param body a Buffer is sent as it is, anything else as JSON */
  async publish(routingKey: string, body: unknown, exchange = 'stock_events') {
    const content = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
    this.channel.publish(exchange, routingKey, content);
    await this.channel.waitForConfirms();
  }

  /** Removes one message from a queue. @returns false if the queue is empty */
  take(queue: string): ReturnType<Channel['get']> {
    return this.channel.get(queue, { noAck: true });
  }

  /** @returns the number of messages that are ready in a queue */
  async depth(queue: string) {
    return (await this.channel.checkQueue(queue)).messageCount;
  }

  async disconnect() {
    await this.connection.close();
  }
}

/** Whether a readiness response reports `degraded` because the broker is unavailable or blocks publishers. */
export const reportsBrokerOutage = (health: string) => /"broker":\{[^}]*"degraded"/.test(health);
