import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../faults/random.js';
import { corpusMessages } from './corpus.js';
import { HostilePublisher } from './hostile-publisher.js';
import { MessageGenerator, toJson, type FuzzMessage } from './messages.js';
import type { SenderContext } from './sender.js';
import { isForSlowQueue } from './slow-queues.js';

/** A pause keeps a machine with two processors below saturation: good orders must be processed in time. */
const PAUSE_MS = 60;

/** Publishes messages to every exchange and queue. */
export async function sendMessages(context: SenderContext): Promise<void> {
  const { injector, inputs, known, violations, isOver } = context;
  const generator = new MessageGenerator(new Random(context.seed * 10 + 9), () => known.orderIds);
  const publisher = new HostilePublisher(injector.broker.urlAt(injector.servers.portOf('rabbitmq')));
  const publish = async (message: FuzzMessage) => {
    const outcome = await publisher.publish(message).catch(() => 'refused');
    inputs.record(`message: ${message.target}`, outcome, toJson(message));
    if (outcome === 'published' && isForSlowQueue(message)) context.sentToSlowQueues += 1;
    return outcome;
  };
  for (const message of corpusMessages(known.orderIds[0]!)) {
    const outcome = await publish(message);
    // The corpus would test nothing, for example after an exchange was renamed.
    if (outcome !== 'published') violations.add(`corpus message ${outcome}`, toJson(message));
  }
  while (!isOver()) {
    await publish(generator.generate());
    await sleep(PAUSE_MS);
  }
  await publisher.close();
}
