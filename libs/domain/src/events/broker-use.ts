import {
  ownTopologyOf,
  topologyOf,
  type BrokerUse,
  type EventCatalogue,
  type Topology,
} from '@estoque/messaging';
import { catalogue, EXCHANGE } from './catalogue.js';

/** An app, as the manifest describes it. */
interface App {
  name: string;
  /** Queue that it consumes. */
  queue?: string;
  collectsDeadLetters: boolean;
}

const contracts = Object.values<EventCatalogue[string]>(catalogue);

/** What an app does with the broker, according to the contracts of the events. */
export function brokerUseOf({ name, queue, collectsDeadLetters }: App): BrokerUse {
  const republishes = contracts.some(({ republishedBy }) => republishedBy.includes(name));
  return {
    queue,
    publishesEvents: republishes || contracts.some(({ publishedBy }) => publishedBy.includes(name)),
    restoresBindings: republishes || collectsDeadLetters,
    collectsDeadLetters,
    // The api does both.
    watchesEvents: collectsDeadLetters,
  };
}

/** The topology, with the part that a process with this use declares. */
export function topologyFor(use: BrokerUse): Topology {
  const topology = topologyOf(EXCHANGE, catalogue);
  return { ...topology, own: ownTopologyOf(topology, use) };
}
