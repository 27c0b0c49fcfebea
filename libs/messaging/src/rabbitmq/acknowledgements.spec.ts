import type { Channel, ConsumeMessage } from 'amqplib';
import { Acknowledgements } from './acknowledgements.js';

const message = (deliveryTag: number) => ({ fields: { deliveryTag } }) as ConsumeMessage;
const aTick = () => new Promise<void>((resolve) => process.nextTick(resolve));

describe('Acknowledgements', () => {
  let sent: string[];
  let acks: Acknowledgements;
  beforeEach(() => {
    sent = [];
    const channel = {
      ack: ({ fields }: ConsumeMessage, upTo?: boolean) =>
        sent.push(`${upTo ? 'up to ' : ''}${fields.deliveryTag}`),
      reject: ({ fields }: ConsumeMessage) => sent.push(`back ${fields.deliveryTag}`),
    };
    acks = new Acknowledgements(channel as unknown as Channel);
    for (let tag = 1; tag <= 6; tag++) acks.delivered(message(tag));
  });

  it('of a batch in its order are one frame', async () => {
    for (const tag of [1, 2, 3]) acks.ack(message(tag));
    expect(sent).toEqual([]);
    await aTick();
    expect(sent).toEqual(['up to 3']);
  });

  it('never cover one that is not done, and wait for none', async () => {
    for (const tag of [2, 1, 5, 4]) acks.ack(message(tag));
    await aTick();
    expect(sent).toEqual(['up to 2', '5', '4']);
    acks.ack(message(3));
    await aTick();
    expect(sent).toEqual(['up to 2', '5', '4', 'up to 3']);
    acks.ack(message(6));
    await aTick();
    expect(sent.at(-1)).toBe('up to 6');
  });

  it('leave out what went back', async () => {
    acks.reject(message(1));
    acks.ack(message(2));
    await aTick();
    expect(sent).toEqual(['back 1', 'up to 2']);
  });

  it('go out when asked for, before the channel is closed', () => {
    acks.ack(message(1));
    acks.flush();
    expect(sent).toEqual(['up to 1']);
  });
});
