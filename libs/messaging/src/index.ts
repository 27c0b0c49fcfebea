export {
  decodeEvent,
  defineEvent,
  encodeEvent,
  envelopeSchema,
  type EventCatalogue,
  type EventDefinition,
} from './contract/event.js';
export { MessagingModule } from './messaging.module.js';
export { OutboxMessage } from './outbox/outbox.entity.js';
export { Outbox, type StoredEvent } from './outbox/outbox.js';
export { OutboxRelay, type Query } from './outbox/outbox.relay.js';
export { EventConsumer } from './rabbitmq/event.consumer.js';
export { Publisher } from './rabbitmq/publisher.js';
export { topologyOf, type Topology } from './rabbitmq/topology.js';
