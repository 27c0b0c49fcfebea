import { ENVIRONMENT, HealthChecks, LOGGER, Metrics, type Environment, type Logger } from '@estoque/platform';
import { Module, type DynamicModule } from '@nestjs/common';
import type { EventCatalogue } from './contract/event.js';
import { EventTransport } from './rabbitmq/event-transport.js';
import { Publisher } from './rabbitmq/publisher.js';
import { topologyOf, type Topology } from './rabbitmq/topology.js';

interface MessagingOptions {
  exchange: string;
  catalogue: EventCatalogue;
  /** The queue that this app consumes, where it consumes one. */
  queue?: string;
}

/** How events travel: a publisher for every app and, where it has a queue, its consumer. */
@Module({})
export class MessagingModule {
  static for({ exchange, catalogue, queue }: MessagingOptions): DynamicModule {
    const topology = topologyOf(exchange, catalogue);
    const publisher = {
      provide: Publisher,
      inject: [ENVIRONMENT, LOGGER, HealthChecks],
      useFactory: (environment: Environment, logger: Logger, health: HealthChecks) => {
        const made = new Publisher(environment.RABBITMQ_URL, topology, logger);
        // Who consumes nothing can do its work without the broker: what it announces waits in the outbox.
        health.add('broker', () => (queue ? made.assertReady() : made.holdUp));
        return made;
      },
    };
    const consumer = {
      provide: EventTransport,
      inject: [ENVIRONMENT, LOGGER, HealthChecks, Publisher, Metrics],
      useFactory: (
        environment: Environment,
        logger: Logger,
        health: HealthChecks,
        publishing: Publisher,
        metrics: Metrics,
      ) => consumerOf(queue!, topology, catalogue, environment, logger, health, publishing, metrics),
    };
    return {
      module: MessagingModule,
      global: true,
      providers: queue ? [publisher, consumer] : [publisher],
      exports: queue ? [Publisher, EventTransport] : [Publisher],
    };
  }
}

function consumerOf(
  queue: string,
  topology: Topology,
  catalogue: EventCatalogue,
  environment: Environment,
  logger: Logger,
  health: HealthChecks,
  publisher: Publisher,
  metrics: Metrics,
) {
  const { RABBITMQ_URL: urls, PREFETCH: prefetch, RETRY_DELAYS_MS: retryDelaysMs } = environment;
  const consumer = new EventTransport(
    { urls, queue, topology, catalogue, prefetch, retryDelaysMs },
    publisher,
    logger,
    metrics,
  );
  health.add('consumer', () => consumer.assertConsuming());
  return consumer;
}
