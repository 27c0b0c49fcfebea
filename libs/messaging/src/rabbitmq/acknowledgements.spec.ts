import type { Channel, ConsumeMessage } from 'amqplib';
import { Acknowledgements } from './acknowledgements.js';

const message = (deliveryTag: number) => ({ fields: { deliveryTag } }) as ConsumeMessage;
const nextTick = () => new Promise<void>((resolve) => process.nextTick(resolve));

describe('Acknowledgements', () => {
  let sent: string[];
  let acknowledgements: Acknowledgements;
  beforeEach(() => {
    sent = [];
    const channel = {
      ack: ({ fields }: ConsumeMessage, multiple?: boolean) =>
        sent.push(`${multiple ? 'ack up to' : 'ack'} ${fields.deliveryTag}`),
      reject: ({ fields }: ConsumeMessage) => sent.push(`reject ${fields.deliveryTag}`),
    };
    acknowledgements = new Acknowledgements(channel as unknown as Channel);
    for (let tag = 1; tag <= 6; tag++) acknowledgements.addDelivery(message(tag));
  });

  it('sends one frame for a batch that finishes in order', async () => {
    for (const tag of [1, 2, 3]) acknowledgements.ack(message(tag));
    expect(sent).toEqual([]);
    await nextTick();
    expect(sent).toEqual(['ack up to 3']);
  });

  it('never acknowledges an unfinished delivery, and waits for none', async () => {
    for (const tag of [2, 1, 5, 4]) acknowledgements.ack(message(tag));
    await nextTick();
    expect(sent).toEqual(['ack up to 2', 'ack 5', 'ack 4']);
    acknowledgements.ack(message(3));
    await nextTick();
    expect(sent).toEqual(['ack up to 2', 'ack 5', 'ack 4', 'ack up to 3']);
    acknowledgements.ack(message(6));
    await nextTick();
    expect(sent.at(-1)).toBe('ack up to 6');
  });

  it('does not acknowledge rejected deliveries', async () => {
    acknowledgements.reject(message(1));
    acknowledgements.ack(message(2));
    await nextTick();
    expect(sent).toEqual(['reject 1', 'ack up to 2']);
  });

  it('flushes on demand, before the channel is closed', () => {
    acknowledgements.ack(message(1));
    acknowledgements.flush();
    expect(sent).toEqual(['ack up to 1']);
  });
});
