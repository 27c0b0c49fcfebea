import { sqlClientOf } from '@estoque/database';
import {
  DeadLetterCapacity,
  DeadLetterCollector,
  DeadLetterJobRunner,
  DeadLetterJobs,
  DeadLetterReplay,
  DeadLetterRetention,
  DeadLetters,
  DryRuns,
  Publisher,
  topologyOf,
  type Topology,
} from '@estoque/messaging';
import { ENVIRONMENT, HealthChecks, LOGGER, Metrics, type Environment, type Logger } from '@estoque/platform';
import type { Provider } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { catalogue, EXCHANGE } from '../events/catalogue.js';
import { ErasureRepository } from '../personal-data/erasure.repository.js';

const topology = topologyOf(EXCHANGE, catalogue);

/** The stored dead letters, their replay, and their retention. */
export const deadLetterProviders: Provider[] = [
  {
    provide: DeadLetterReplay,
    inject: [DataSource, Publisher],
    useFactory: (dataSource: DataSource, publisher: Publisher) =>
      new DeadLetterReplay(sqlClientOf(dataSource), publisher, topology),
  },
  {
    provide: DeadLetters,
    inject: [DataSource, DeadLetterReplay, ENVIRONMENT],
    useFactory: (dataSource: DataSource, replay: DeadLetterReplay, environment: Environment) => {
      const sql = sqlClientOf(dataSource);
      const capacity = new DeadLetterCapacity(sql, environment.MAX_DEAD_LETTERS);
      return new DeadLetters(sql, replay, capacity, (addresses) =>
        new ErasureRepository(dataSource.manager).isAnyErased(addresses),
      );
    },
  },
  {
    provide: DeadLetterJobs,
    inject: [DataSource],
    useFactory: (dataSource: DataSource) => new DeadLetterJobs(sqlClientOf(dataSource)),
  },
  {
    provide: DeadLetterJobRunner,
    inject: [DataSource, DeadLetterReplay],
    useFactory: (dataSource: DataSource, replay: DeadLetterReplay) =>
      new DeadLetterJobRunner(sqlClientOf(dataSource), replay),
  },
  {
    provide: DryRuns,
    inject: [DataSource],
    useFactory: (dataSource: DataSource) => new DryRuns(sqlClientOf(dataSource)),
  },
  {
    provide: DeadLetterRetention,
    inject: [DataSource, ENVIRONMENT],
    useFactory: (dataSource: DataSource, environment: Environment) =>
      new DeadLetterRetention(sqlClientOf(dataSource), {
        retentionDays: environment.DEAD_LETTER_RETENTION_DAYS,
        maxClosed: environment.MAX_DEAD_LETTERS,
      }),
  },
];

type CollectorDependencies = [Environment, DeadLetters, Publisher, Logger, Metrics, HealthChecks];

/** Moves dead letters from the broker to the database. @param declared the topology, with the part that the app declares */
export const deadLetterCollector = (declared: Topology): Provider => ({
  provide: DeadLetterCollector,
  inject: [ENVIRONMENT, DeadLetters, Publisher, LOGGER, Metrics, HealthChecks],
  useFactory: (...[environment, deadLetters, publisher, logger, metrics, health]: CollectorDependencies) => {
    const collector = new DeadLetterCollector(
      environment.RABBITMQ_URL,
      declared,
      catalogue,
      deadLetters,
      publisher,
      logger,
      metrics,
    );
    health.add('dead-letters', () => collector.unavailableReason);
    return collector;
  },
});
