import { ENVIRONMENT, HealthChecks, LOGGER, Metrics, type Environment, type Logger } from '@estoque/platform';
import { Module, type DynamicModule, type FactoryProvider } from '@nestjs/common';
import type { EventCatalogue } from './contract/event.js';
import { EventTransport } from './rabbitmq/event-transport.js';
import { Publisher } from './rabbitmq/publisher.js';
import type { Topology } from './rabbitmq/topology.js';

interface MessagingOptions {
  topology: Topology;
  catalogue: EventCatalogue;
  /** Queue that this app consumes, if any. */
  queue?: string;
}

/** Provides the publisher of every app and, for an app with a queue, the transport that consumes it. */
@Module({})
export class MessagingModule {
  static for({ topology, catalogue, queue }: MessagingOptions): DynamicModule {
    const publisher = providePublisher(topology, { needsBroker: queue !== undefined });
    return {
      module: MessagingModule,
      global: true,
      providers: queue ? [publisher, provideTransport(queue, topology, catalogue)] : [publisher],
      exports: queue ? [Publisher, EventTransport] : [Publisher],
    };
  }
}

/** @param needsBroker false for an app that works without the broker, because its events wait in the outbox */
function providePublisher(topology: Topology, { needsBroker }: { needsBroker: boolean }): FactoryProvider {
  return {
    provide: Publisher,
    inject: [ENVIRONMENT, LOGGER, HealthChecks],
    useFactory: (environment: Environment, logger: Logger, health: HealthChecks) => {
      const publisher = new Publisher(environment.RABBITMQ_URL, topology, logger);
      health.add('broker', () => (needsBroker ? publisher.assertConnected() : publisher.unavailableReason));
      return publisher;
    },
  };
}

function provideTransport(queue: string, topology: Topology, catalogue: EventCatalogue): FactoryProvider {
  return {
    provide: EventTransport,
    inject: [ENVIRONMENT, LOGGER, HealthChecks, Publisher, Metrics],
    useFactory: (
      { RABBITMQ_URL: urls, PREFETCH: prefetch, RETRY_DELAYS_MS: retryDelaysMs }: Environment,
      logger: Logger,
      health: HealthChecks,
      publisher: Publisher,
      metrics: Metrics,
    ) => {
      const options = { urls, queue, topology, catalogue, prefetch, retryDelaysMs };
      const transport = new EventTransport(options, publisher, logger, metrics);
      health.add('consumer', () => transport.assertConsuming());
      return transport;
    },
  };
}
