import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { WORKERS } from '../../../apps/manifest.js';
import { until } from '../../support/until.js';
import type { Fault } from '../experiment.js';
import type { Binding, DeadLetter, EventMessage } from '../injector/broker.js';
import { killByMessage } from './kill-faults.js';

export const duplicates: Fault = {
  name: 'duplicates',
  description: 'publishes 2 to 5 copies of recent messages, shuffled',
  async inject({ broker, random, recordedEvents }, experiment) {
    await until('enough messages to duplicate', () => recordedEvents.size > 100, { seconds: 60 });
    const recent = [...recordedEvents.values()].slice(experiment.short ? -150 : -600);
    const copies = recent.flatMap((message) => Array.from({ length: random.between(2, 5) }, () => message));
    await broker.publish(random.shuffle(copies));
    experiment.note(`${copies.length} copies of ${recent.length} messages`);
  },
};

/** A larger body is truncated to its first bytes. */
const MAX_BODY_BYTES = 1024 * 1024;

const INVALID_BODIES: [name: string, create: (routingKey: string) => Buffer][] = [
  ['bad JSON', (routingKey) => Buffer.from(`{"event": "${routingKey}", `)],
  ['null', () => Buffer.from('null')],
  ['an unknown event', () => Buffer.from('{"event": "order.unknown", "order_id": 1}')],
  ['wrong types', (routingKey) => Buffer.from(`{"event": "${routingKey}", "order_id": "one", "items": 7}`)],
  ['5 MB', () => randomBytes(5_000_000)],
];

/** @returns routing keys that together reach every work queue */
function routingKeysOfAllQueues(bindings: Binding[]): string[] {
  const routingKeys = ['order.created', 'stock.reserve', 'order.processed'];
  for (const { queue } of WORKERS) {
    const ownKeys = bindings.filter(({ destination }) => destination === queue);
    if (!ownKeys.some(({ routing_key }) => routingKeys.includes(routing_key)))
      routingKeys.push(...ownKeys.slice(0, 1).map(({ routing_key }) => routing_key));
  }
  return routingKeys;
}

function countQueues(bindings: Binding[], routingKey: string) {
  return bindings.filter(({ routing_key }) => routing_key === routingKey).length;
}

export const poison: Fault = {
  name: 'poison',
  description: 'publishes messages that no consumer can handle, one of which crashes its worker',
  async inject(injector, experiment) {
    const { broker } = injector;
    const bindings = await broker.workBindings();
    const messages = routingKeysOfAllQueues(bindings).flatMap((routingKey) =>
      INVALID_BODIES.map(([name, createBody]) => ({ name, routingKey, body: createBody(routingKey) })),
    );
    const isDeadLetterOf = ({ body }: DeadLetter, message: EventMessage) =>
      message.body.subarray(0, MAX_BODY_BYTES).equals(body);
    const isExpected = (deadLetter: DeadLetter) =>
      messages.some((message) => isDeadLetterOf(deadLetter, message));
    // One dead letter for each queue that gets the message.
    const countExpected = (published: EventMessage[]) =>
      published.reduce((sum, { routingKey }) => sum + countQueues(bindings, routingKey), 0);
    const expected = countExpected(messages);
    experiment.expectDeadLetters(isExpected);
    await broker.publish(messages);
    const found: DeadLetter[] = [];
    await experiment.expectInTime(
      'every invalid message is dead-lettered',
      until(
        `${expected} dead letters`,
        async () => {
          const deadLetters = await broker.takeNewDeadLetters();
          found.push(...deadLetters.filter(isExpected));
          experiment.failForDeadLetters(deadLetters.filter((deadLetter) => !isExpected(deadLetter)));
          return found.length >= expected;
        },
        { seconds: 60 },
      ),
    );
    for (const sent of messages) {
      const { name, routingKey, body } = sent;
      const deadLetters = found.filter((deadLetter) => isDeadLetterOf(deadLetter, sent));
      experiment.expect(
        deadLetters.length === countExpected(messages.filter((message) => message.body.equals(body))),
        `${name} to ${routingKey} is dead-lettered once by each queue, its first MiB byte for byte`,
      );
      experiment.expect(
        deadLetters.every(({ reason }) => /\w/.test(reason)),
        `${name} to ${routingKey} is dead-lettered with a reason`,
      );
    }
    experiment.note(`${found.length} of ${expected} dead-lettered with reason and original body`);
    await killByMessage(injector, experiment);
  },
};

const MAX_MEMORY_MB = 200;
const PUBLISH_BATCH = 5_000;

export const backlog: Fault = {
  name: 'backlog',
  description: 'starts the workers with 100,000 waiting messages',
  drainsWithin: 900,
  async inject({ apps, broker, recordedEvents }, experiment) {
    const size = experiment.short ? 20_000 : 100_000;
    for (const { name } of WORKERS) await apps.stop(name);
    const messages = [...recordedEvents.values()];
    for (let published = 0; published < size;) {
      const batch = Array.from(
        { length: Math.min(PUBLISH_BATCH, size - published) },
        (_, index) => messages[(published + index) % messages.length]!,
      );
      await broker.publish(batch);
      published += batch.length;
    }
    await until('the messages to wait', async () => (await broker.countWaiting()) >= size * 0.95, {
      seconds: 30,
    });
    experiment.note(`${await broker.countWaiting()} messages waiting, duplicates and new orders`);
    for (const { name } of WORKERS) await apps.start(name);
    experiment.faultEnded();
    const maxMegabytes = new Map(WORKERS.map(({ name }) => [name, 0]));
    await experiment.expectInTime(
      'the messages are handled',
      until(
        'the queues to be short',
        async () => {
          for (const [name, megabytes] of maxMegabytes)
            maxMegabytes.set(name, Math.max(megabytes, apps.memoryMegabytes(name)));
          await sleep(450);
          return (await broker.countWaiting()) < 100;
        },
        { seconds: 900 },
      ),
    );
    for (const [name, megabytes] of maxMegabytes) {
      experiment.note(`${name} used ${megabytes} MB at most`);
      experiment.expect(
        megabytes > 0 && megabytes < MAX_MEMORY_MB,
        `${name} uses less than ${MAX_MEMORY_MB} MB`,
      );
    }
  },
};
