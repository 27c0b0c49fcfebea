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
export {
  DeadLetters,
  MAX_DEAD_LETTERS_PER_CALL,
  type DeadLetterFilter,
} from './dead-letters/dead-letters.js';
export { MessagingModule } from './messaging.module.js';
export { MicroBatcher, type LockMode } from './micro-batcher.js';
export { OutboxMessage } from './outbox/outbox.entity.js';
export { OutboxRelay } from './outbox/outbox.relay.js';
export { Outbox, type StoredEvent, type StoredEvents } from './outbox/outbox.js';
export { EventTransport } from './rabbitmq/event-transport.js';
export { Publisher } from './rabbitmq/publisher.js';
export { DEAD_LETTER_QUEUE, topologyOf, UNROUTED_QUEUE, type Topology } from './rabbitmq/topology.js';
