import { AppError, type Logger } from '@estoque/platform';
import type { Channel, ConsumeMessage } from 'amqplib';
import { setTimeout as sleep } from 'node:timers/promises';
import { defectOf } from '../adapters/bounded-messages.js';
import type { EventCatalogue } from '../contract/event.js';
import { publisherProperties } from '../rabbitmq/failure-policy.js';
import type { Publisher } from '../rabbitmq/publisher.js';
import { HOME_QUEUE_HEADER, REROUTED_HEADER, type Topology } from '../rabbitmq/topology.js';

const MAX_REROUTES = 5;
/**
 * Delay before the topology is redeclared. If a queue is declared while RabbitMQ 3.10 is still deleting a queue of the
 * same name, the new queue counts the consumers of the old one but delivers nothing to them, and the consumers are not
 * notified. This was observed 40 ms after the deletion.
 */
const REDECLARE_DELAY_MS = 2_000;
/**
 * Messages that arrive within this time after a redeclaration are rerouted without declaring again: they were unroutable
 * before it.
 */
const REDECLARATION_VALID_MS = 5_000;

/**
 * Redeclares the topology for messages that no queue was bound for although one should be, and publishes them again. The
 * binding or the queue itself was missing.
 */
export class Rerouter {
  private redeclaration?: Promise<string[]>;
  /** Time of the latest redeclaration, by `performance.now()`. */
  private redeclaredAt = -Infinity;

  constructor(
    private readonly topology: Topology,
    private readonly catalogue: EventCatalogue,
    private readonly publisher: Publisher,
    private readonly logger: Logger,
    private readonly shutdown: AbortSignal,
    /** Declares the topology. @returns what does not exist and could not be created */
    private readonly declareTopology: (channel: Channel) => Promise<string[]>,
  ) {}

  /**
   * Publishes an unroutable event again.
   *
   * @returns false if it is not in the catalogue, was rerouted five times already, or is not complete
   * @throws AppError `broker_unavailable` while one of its queues does not exist
   */
  async rerouteEvent(message: ConsumeMessage, channel: Channel): Promise<boolean> {
    const { routingKey } = message.fields;
    if (!Object.hasOwn(this.catalogue, routingKey)) return false;
    const queues = this.catalogue[routingKey]!.consumedBy;
    return this.reroute(message, channel, { exchange: this.topology.eventsExchange, queues });
  }

  /**
   * Publishes a message to its home queue again.
   *
   * @returns false if there is no such work queue, or if the message was rerouted five times already or is not complete
   * @throws AppError `broker_unavailable` while the queue does not exist
   */
  async rerouteToHomeQueue(message: ConsumeMessage, channel: Channel, homeQueue: string): Promise<boolean> {
    const { workQueues, returnExchange } = this.topology;
    if (!Object.hasOwn(workQueues, homeQueue)) return false;
    const target = { exchange: returnExchange, queues: [homeQueue] };
    return this.reroute(message, channel, target, { [HOME_QUEUE_HEADER]: homeQueue });
  }

  private async reroute(
    message: ConsumeMessage,
    channel: Channel,
    { exchange, queues }: { exchange: string; queues: readonly string[] },
    headers: Record<string, unknown> = {},
  ): Promise<boolean> {
    const header: unknown = message.properties.headers?.[REROUTED_HEADER] ?? 0;
    // Any client can publish any header.
    const reroutes = Number.isInteger(header) && (header as number) >= 0 ? (header as number) : MAX_REROUTES;
    if (reroutes >= MAX_REROUTES || defectOf(message)) return false;
    const isRedeclared = reroutes === 0 && performance.now() - this.redeclaredAt < REDECLARATION_VALID_MS;
    if (!isRedeclared) {
      const missing = (await this.redeclareTopology(channel)).filter((name) => queues.includes(name));
      // Its worker creates it. Until then the message is held, which uses up none of its reroutes.
      if (missing.length > 0)
        throw new AppError('unavailable', 'broker_unavailable', `${missing.join(', ')} does not exist`);
    }
    const options = publisherProperties(message, { ...headers, [REROUTED_HEADER]: reroutes + 1 });
    const { routingKey } = message.fields;
    await this.publisher.publishCopy(exchange, routingKey, message.content, options);
    this.logger.warn({ event: routingKey }, 'no queue was bound: topology redeclared, message rerouted');
    return true;
  }

  /** Redeclares the topology once for all messages that wait for it. @returns what does not exist */
  private redeclareTopology(channel: Channel): Promise<string[]> {
    const redeclare = async () => {
      await sleep(REDECLARE_DELAY_MS, undefined, { signal: this.shutdown });
      const missing = await this.declareTopology(channel);
      if (missing.length === 0) this.redeclaredAt = performance.now();
      return missing;
    };
    this.redeclaration ??= redeclare().finally(() => (this.redeclaration = undefined));
    return this.redeclaration;
  }
}
