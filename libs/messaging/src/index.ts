export { handlerOf } from './adapters/event-handlers.js';
export {
  contractViolations,
  correlationOf,
  decodeEvent,
  defineEvent,
  encodeEvent,
  envelopeSchema,
  MAX_BODY_BYTES,
  type ContractViolation,
  type EncodedEvent,
  type EventCatalogue,
  type DecodedEvent,
  type EventDefinition,
} from './contract/event.js';
export { DeadLetterCollector } from './dead-letters/dead-letter.collector.js';
export {
  DEAD_LETTER_STATES,
  DeadLetter,
  DeadLetterAction,
  type DeadLetterState,
} from './dead-letters/dead-letter.entity.js';
export type { DeadLetterFilter } from './dead-letters/dead-letter-filter.js';
export {
  DEAD_LETTER_JOB_STATES,
  DeadLetterJob,
  type DeadLetterJobAction,
  type DeadLetterJobState,
} from './dead-letters/dead-letter-job.entity.js';
export { DeadLetterJobRunner } from './dead-letters/dead-letter-job.runner.js';
export { DeadLetterJobs } from './dead-letters/dead-letter-jobs.js';
export { DeadLetterCapacity } from './dead-letters/dead-letter.capacity.js';
export { DeadLetterErasure } from './dead-letters/dead-letter.erasure.js';
export { DeadLetterReplay, type ClaimedDeadLetter } from './dead-letters/dead-letter.replay.js';
export { DeadLetterRetention } from './dead-letters/dead-letter.retention.js';
export { DeadLetterSearch, type DeadLetterGroup } from './dead-letters/dead-letter-search.js';
export { DeadLetters, type DeadLetterDetails, type Edit } from './dead-letters/dead-letters.js';
export { DryRuns, type DryRunRequest } from './dead-letters/dry-runs.js';
export { MessagingModule } from './messaging.module.js';
export { MicroBatcher, type LockMode } from './micro-batcher.js';
export { OutboxMessage } from './outbox/outbox.entity.js';
export { OutboxRelay } from './outbox/outbox.relay.js';
export { Outbox, type StoredEvent, type StoredEvents } from './outbox/outbox.js';
export {
  ownTopologyOf,
  permissionsOf,
  type BrokerPermissions,
  type BrokerUse,
} from './rabbitmq/broker-use.js';
export { EventFeed } from './rabbitmq/event-feed.js';
export { EventTransport, type TransportReport } from './rabbitmq/event-transport.js';
export type { EventHandling } from './rabbitmq/handling-statistics.js';
export { outcomeOfFailure } from './rabbitmq/failure-policy.js';
export { Publisher } from './rabbitmq/publisher.js';
export { QueueLengths, type QueueLength } from './rabbitmq/queue-lengths.js';
export type { IneffectiveDelivery } from './rabbitmq/settlement.js';
export { DEAD_LETTER_QUEUE, topologyOf, UNROUTED_QUEUE, type Topology } from './rabbitmq/topology.js';
