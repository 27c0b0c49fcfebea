import type { FaultInjector } from '../faults/injector/fault-injector.js';
import type { ApiDocument } from '../support/openapi.js';
import type { Credentials } from './credentials.js';
import type { InputLog } from './input-log.js';
import type { KnownResources } from './known-resources.js';
import type { Violations } from './violations.js';

/** What the senders of one run share. */
export interface SenderContext {
  injector: FaultInjector;
  document: ApiDocument;
  violations: Violations;
  inputs: InputLog;
  known: KnownResources;
  credentials: Credentials;
  seed: number;
  /** Whether the time for random input is over. */
  isOver: () => boolean;
  /** Number of messages that were published to slow retry queues, where they may wait beyond the end of the run. */
  sentToSlowQueues: number;
}

/** Sends one kind of input: its corpus first, then random input until the time is over. */
export type Sender = (context: SenderContext) => Promise<void>;
