import { connect, type Channel, type ChannelModel, type ConfirmChannel } from 'amqplib';
import { randomUUID } from 'node:crypto';
import { server } from './environment.js';

/** A virtual host of its own for a test file. */
export async function createVhost() {
  const name = `test-${randomUUID()}`;
  await management('PUT', `/api/vhosts/${name}`);
  const url = new URL(server('RABBITMQ'));
  url.pathname = `/${name}`;
  return { name, url: url.href, drop: () => management('DELETE', `/api/vhosts/${name}`) };
}

export const management = <Answer>(method: string, path: string, body?: unknown) =>
  askManagement<Answer>(server('RABBITMQ_MANAGEMENT'), method, path, body);

/** Of any broker, by its management address with login. */
export async function askManagement<Answer>(
  url: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer> {
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
  return (text ? JSON.parse(text) : undefined) as Answer;
}

/** Somebody else on the broker: a client with no code of ours. */
export class ExternalClient {
  private constructor(
    private readonly connection: ChannelModel,
    readonly channel: ConfirmChannel,
  ) {}

  static async connect(url: string) {
    const connection = await connect(url);
    return new ExternalClient(connection, await connection.createConfirmChannel());
  }

  /** To the exchange, as flat JSON or as raw bytes. */
  async publish(routingKey: string, body: unknown, exchange = 'stock_events') {
    const content = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
    this.channel.publish(exchange, routingKey, content);
    await this.channel.waitForConfirms();
  }

  /** Takes one message off a queue. */
  take(queue: string): ReturnType<Channel['get']> {
    return this.channel.get(queue, { noAck: true });
  }

  async depth(queue: string) {
    return (await this.channel.checkQueue(queue)).messageCount;
  }

  async disconnect() {
    await this.connection.close();
  }
}

/** Whether a health page tells that the broker is away, or takes nothing, though its process is ready. */
export const reportsBrokerOutage = (health: string) => /"broker":\{[^}]*"degraded"/.test(health);
