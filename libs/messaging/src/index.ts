export { Batches } from './batches.js';
export {
  decodeEvent,
  defineEvent,
  encodeEvent,
  envelopeSchema,
  type EventCatalogue,
  type EventDefinition,
} from './contract/event.js';
export { DeadLetterCollector } from './dead-letters/dead-letter.collector.js';
export {
  DEAD_LETTER_STATES,
  DeadLetter,
  DeadLetterAction,
  type DeadLetterState,
} from './dead-letters/dead-letter.entity.js';
export { DeadLetters, MOST_AT_ONCE, type DeadLetterFilter } from './dead-letters/dead-letters.js';
export { MessagingModule } from './messaging.module.js';
export { OutboxMessage } from './outbox/outbox.entity.js';
export { Outbox, type StoredEvent, type StoredEvents } from './outbox/outbox.js';
export { OutboxRelay } from './outbox/outbox.relay.js';
export { EventConsumer } from './rabbitmq/event.consumer.js';
export { Publisher } from './rabbitmq/publisher.js';
export type { Statements } from './statements.js';
export { DEAD_LETTER_QUEUE, topologyOf, UNROUTED_QUEUE, type Topology } from './rabbitmq/topology.js';
