import type { Channel } from 'amqplib';
import type { OwnTopology, Topology } from './topology.js';

/** Opens a further channel on the same connection. */
export type OpenChannel = () => Promise<Channel>;

/**
 * Declares the topology on each connection of every process, so that processes can start in any order and a lost queue
 * or binding is restored.
 *
 * A process declares its own part on its channel. Of the rest, it creates what does not exist, if its user may do that:
 * in production it may not (docs/adr/0033). The broker closes a channel after each refusal, so that part is done on
 * channels of its own.
 *
 * @returns the queues that do not exist and could not be created
 * @throws if an exchange does not exist and could not be created, or if a queue or exchange of the own part exists with
 *   other arguments or may not be declared
 */
export async function declareTopology(
  channel: Channel,
  topology: Topology,
  openChannel: OpenChannel,
): Promise<string[]> {
  const own = topology.own ?? everything(topology);
  const attempts = new Attempts(openChannel);
  try {
    await declareExchanges(channel, topology, own, attempts);
    const { missing, created } = await declareQueues(channel, topology, own, attempts);
    for (const { queue, exchange, routingKey, arguments: args } of topology.bindings) {
      if (missing.includes(queue)) continue;
      if (own.boundQueues.includes(queue)) await channel.bindQueue(queue, exchange, routingKey, args);
      else if (created.includes(queue))
        await attempts.succeeds((other) => other.bindQueue(queue, exchange, routingKey, args));
    }
    return missing;
  } finally {
    await attempts.end();
  }
}

const everything = ({ exchanges, queues }: Topology): OwnTopology => ({
  exchanges: exchanges.map(({ name }) => name),
  queues: queues.map(({ name }) => name),
  boundQueues: queues.map(({ name }) => name),
});

async function declareExchanges(
  channel: Channel,
  { exchanges }: Topology,
  own: OwnTopology,
  attempts: Attempts,
) {
  for (const { name, type, alternate } of exchanges) {
    const declare = (on: Channel) =>
      on.assertExchange(name, type, { durable: true, alternateExchange: alternate });
    if (own.exchanges.includes(name)) await declare(channel);
    else if (await attempts.succeeds((other) => other.checkExchange(name))) continue;
    else if (!(await attempts.succeeds(declare)))
      throw new Error(`the exchange ${name} does not exist, and this user may not create it`);
  }
}

/** @returns the queues that do not exist and could not be created, and those of other processes that were created */
async function declareQueues(
  channel: Channel,
  { queues }: Topology,
  own: OwnTopology,
  attempts: Attempts,
): Promise<{ missing: string[]; created: string[] }> {
  const missing: string[] = [];
  const created: string[] = [];
  for (const { name, arguments: args } of queues) {
    const declare = (on: Channel) => on.assertQueue(name, { durable: true, arguments: args });
    if (own.queues.includes(name)) await declare(channel);
    else if (await attempts.succeeds((other) => other.checkQueue(name))) continue;
    else if (await attempts.succeeds(declare)) created.push(name);
    else missing.push(name);
  }
  return { missing, created };
}

/** Requests that the broker may refuse. Each refusal closes the channel, so the next request uses a new one. */
class Attempts {
  private channel?: Channel;

  constructor(private readonly openChannel: OpenChannel) {}

  /** @throws if the connection is lost */
  async succeeds(request: (channel: Channel) => Promise<unknown>): Promise<boolean> {
    this.channel ??= await this.open();
    try {
      await request(this.channel);
      return true;
    } catch {
      this.channel = undefined;
      return false;
    }
  }

  async end() {
    await this.channel?.close().catch(() => undefined);
  }

  private async open() {
    const channel = await this.openChannel();
    // The error is also the rejection of the request.
    channel.on('error', () => undefined);
    return channel;
  }
}
