import { FaultInjector } from '../faults/injector/fault-injector.js';
import type { FaultInjectorOptions } from '../faults/injector/options.js';
import { ApiDocument } from '../support/openapi.js';
import { Issuer } from '../support/issuer.js';
import { sendConnections } from './connection-sender.js';
import { Credentials } from './credentials.js';
import { checkEnd } from './final-check.js';
import { sendRequests } from './http-sender.js';
import { InputLog } from './input-log.js';
import { createKnownResources } from './known-resources.js';
import { sendMessages } from './message-sender.js';
import { Observer } from './observer.js';
import type { Sender, SenderContext } from './sender.js';
import { Violations, type Violation } from './violations.js';

/** Kinds of input. */
export const SOURCES = ['http', 'connections', 'messages'] as const;
export type Source = (typeof SOURCES)[number];

const SENDERS: Record<Source, Sender> = {
  http: sendRequests,
  connections: sendConnections,
  messages: sendMessages,
};

export interface FuzzOptions extends Omit<FaultInjectorOptions, 'otherDist' | 'cluster'> {
  seconds: number;
  /** Kinds of input to send. */
  only: readonly Source[];
  /** A good order that is processed later than this violates a guarantee. */
  maxOrderSeconds: number;
}

export interface FuzzReport {
  seed: number;
  seconds: number;
  /** Number of inputs by operation, connection or target, and by outcome: a status, or what the broker answered. */
  outcomes: Map<string, Map<string, number>>;
  /** Names of the credentials that must be refused. */
  invalidCredentials: string[];
  orders: { placed: number; slowestSeconds: number };
  maxMegabytes: Map<string, number>;
  deadLetters: number;
  violations: Violation[];
}

/** One run: starts the system, sends hostile input until the time is over, and checks what remains. */
export async function runFuzz(options: FuzzOptions): Promise<FuzzReport> {
  const issuer = await Issuer.start();
  try {
    const environment = { ...issuer.environment, ...options.environment };
    const injector = await FaultInjector.start({ ...options, environment });
    try {
      return await sendAndCheck(injector, issuer, options);
    } finally {
      await injector.stop();
    }
  } finally {
    await issuer.stop();
  }
}

async function sendAndCheck(
  injector: FaultInjector,
  issuer: Issuer,
  { seed, seconds, only, maxOrderSeconds, printProgress }: FuzzOptions,
): Promise<FuzzReport> {
  const credentials = await Credentials.create(injector, issuer);
  const known = await createKnownResources(injector.apps);
  const violations = new Violations();
  const inputs = new InputLog();
  const observer = new Observer(injector, violations, inputs, maxOrderSeconds);
  observer.start();
  printProgress(`the system is running; seed ${seed}, ${seconds} s`);
  const endsAt = Date.now() + seconds * 1_000;
  const context: SenderContext = {
    injector,
    document: ApiDocument.readCommitted(),
    violations,
    inputs,
    known,
    credentials,
    seed,
    isOver: () => Date.now() > endsAt,
    sentToSlowQueues: 0,
  };
  await Promise.all(only.map((source) => SENDERS[source](context)));
  printProgress('waiting for the end of what was sent');
  await observer.stop();
  await checkEnd(context);
  const [deadLetters] = await injector.database.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM dead_letters',
  );
  return {
    seed,
    seconds,
    outcomes: inputs.outcomes,
    invalidCredentials: credentials.invalid.map(({ name }) => name),
    orders: { placed: observer.orderSeconds.length, slowestSeconds: Math.max(0, ...observer.orderSeconds) },
    maxMegabytes: observer.maxMegabytes,
    deadLetters: deadLetters!.count,
    violations: violations.list,
  };
}
